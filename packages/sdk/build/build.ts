import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FAULTS } from "@cofre/core/model";
import { build } from "vite";
import { codesDeclaration, leaksIn, ownDeclaration, routerDeclaration } from "./declarations.ts";

/**
 * Builds the SDK as strangers install it, in `dist/package`: one JavaScript file, and declarations that name nothing of the
 * server. `tsc -b` has written the declarations that it begins with.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const DECLARED = ".tsbuild/src";
const out = `${root}dist/package`;

/** Files of the SDK whose types a stranger can meet. */
const OWN = ["index", "client", "procedures", "jobs", "transfer", "objects", "bytes", "api-error"] as const;

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const own = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as PackageFile; // checked: our own file

rmSync(out, { recursive: true, force: true });
mkdirSync(`${out}/dist`, { recursive: true });
await writeBundle();
writeDeclarations();
writePackageFile();

async function writeBundle(): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: "warn",
    build: {
      outDir: `${out}/dist`,
      emptyOutDir: false,
      target: "es2022",
      minify: false,
      lib: { entry: `${root}src/index.ts`, formats: ["es"], fileName: "index" },
      rolldownOptions: { external: Object.keys(own.dependencies) },
    },
  });
}

function writeDeclarations(): void {
  const files = new Map<string, string>();
  for (const name of OWN) {
    const text = readFileSync(`${root}${DECLARED}/${name}.d.ts`, "utf8");
    files.set(`${name}.d.ts`, ownDeclaration(text));
  }
  const router = readFileSync(`${root}../../apps/api/${DECLARED}/trpc/root.d.ts`, "utf8");
  files.set("router.d.ts", routerDeclaration(router));
  files.set("fault-code.d.ts", codesDeclaration(Object.keys(FAULTS)));
  const names = new Set(files.keys());
  for (const [name, text] of files) {
    const leaks = leaksIn(text, names);
    if (leaks.length > 0) throw new Error(`${name} would tell strangers of ${leaks.join(", ")}`);
    writeFileSync(`${out}/dist/${name}`, text);
  }
}

function writePackageFile(): void {
  const { name, version, description, license, dependencies } = own;
  const published = {
    name,
    version,
    description,
    license,
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist", "README.md", "LICENSE"],
    // What the event source package needs.
    engines: { node: ">=22.12.0" },
    dependencies,
  };
  writeFileSync(`${out}/package.json`, `${JSON.stringify(published, null, 2)}\n`);
  cpSync(`${root}README.md`, `${out}/README.md`);
  cpSync(`${root}../../LICENSE`, `${out}/LICENSE`);
}
