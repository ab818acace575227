import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCofre } from "./start-cofre.ts";
import { startShop } from "./start-shop.ts";

const SDK = join(import.meta.dirname, "..");
const BIN = join(SDK, "../../node_modules/.bin");
const ENV = { ...process.env, PATH: `${BIN}:${process.env.PATH}` };

/** The compilers of strangers; npm installs them side by side under these names. */
const COMPILERS = { typescript: "5.9", typescript6: "6", typescript7: "7" } as const;

/** Projects as strangers set them up. All of them check our declarations too, and none the compiler's own. */
const CHECKED = { skipLibCheck: false, skipDefaultLibCheck: true };
const STRICT = { ...CHECKED, strict: true, noEmit: true, target: "es2022", types: ["node"] };
const SETTINGS = {
  "a Node program": { ...STRICT, module: "nodenext", lib: ["es2023"] },
  "a program that also knows the browser": { ...STRICT, module: "nodenext" },
  "a program that is bundled, as strict as can be": {
    ...STRICT,
    module: "esnext",
    moduleResolution: "bundler",
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
  },
} as const;

const WRONG = `import { createCofre } from "@cofre/sdk";
await createCofre({ url: "", apiKey: "" }).backups.create.mutate({ resource: 1 });
export {};
`;

interface Ran {
  readonly code: number;
  readonly text: string;
}

async function run(cwd: string, argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const [program = "", ...words] = argv;
  try {
    const options = { cwd, env: { ...ENV, ...env }, maxBuffer: 1 << 26 };
    const { stdout, stderr } = await promisify(execFile)(program, words, options);
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    // checked: execFile's own error
    const { code, stdout = "", stderr = "" } = error as { code?: unknown; stdout?: string; stderr?: string };
    return { code: typeof code === "number" ? code : 1, text: `${stdout}${stderr}` || String(error) };
  }
}

async function roadOfReadme(): Promise<string> {
  const [, road] = /```ts\n([\s\S]*?)```/.exec(await readFile(join(SDK, "README.md"), "utf8")) ?? [];
  if (road === undefined) throw new Error("the README has no TypeScript in it");
  return road;
}

/** Packs the SDK and installs it in an empty project, from the registry or from what npm has kept of it. */
async function installAsStranger(home: string): Promise<Ran> {
  const packed = await run(home, ["npm", "pack", join(SDK, "dist/package"), "--silent"]);
  if (packed.code !== 0) return packed;
  await writeFile(join(home, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const [tarball = ""] = (await readdir(home)).filter((name) => name.endsWith(".tgz"));
  const compilers = Object.entries(COMPILERS).map(([name, version]) => `${name}@npm:typescript@${version}`);
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  return await run(home, ["npm", "install", ...quiet, `./${tarball}`, "@types/node@24", ...compilers]);
}

describe("the package that is published", () => {
  let home: string;

  beforeAll(async () => {
    const types = await run(SDK, ["tsc", "-b"]);
    expect(types, types.text).toMatchObject({ code: 0 });
    const built = await run(SDK, ["node", "build/build.ts"]);
    expect(built, built.text).toMatchObject({ code: 0 });
    home = await mkdtemp(join(tmpdir(), "cofre-stranger-"));
    const installed = await installAsStranger(home);
    expect(installed, installed.text).toMatchObject({ code: 0 });
  }, 600_000);
  afterAll(async () => await rm(home, { recursive: true, force: true }));

  test("names nothing of the server or of this workspace", async () => {
    const folder = join(home, "node_modules/@cofre/sdk");
    const files = await readdir(join(folder, "dist"));
    expect(files.filter((name) => name.endsWith(".js"))).toEqual(["index.js"]);
    for (const name of files) {
      const text = await readFile(join(folder, "dist", name), "utf8");
      expect(text, name).not.toMatch(/@cofre\/|drizzle|hono|pg-boss|\bDeps\b|\bContext\b|ProcedureMeta/);
      expect(text, name).not.toMatch(/["'][^"'\n]+\.ts["']|workspace:/);
    }
    expect(await readFile(join(folder, "package.json"), "utf8")).not.toMatch(/workspace:|@cofre\/(?!sdk")/);
  });

  test("is in order for publint and for arethetypeswrong", async () => {
    const [tarball = ""] = (await readdir(home)).filter((name) => name.endsWith(".tgz"));
    const lint = await run(home, ["publint", "run", tarball, "--strict"]);
    expect(lint, lint.text).toMatchObject({ code: 0 });
    const types = await run(home, ["attw", tarball, "--profile", "esm-only", "--no-emoji"]);
    expect(types, types.text).toMatchObject({ code: 0 });
  });

  test.each(Object.entries(COMPILERS).map(([compiler, version]) => [version, compiler] as const))(
    "type-checks the README under TypeScript %s, and refuses what the server does not know",
    async (_version, compiler) => {
      const folder = await mkdtemp(join(home, `${compiler}-`));
      const road = await roadOfReadme();
      for (const [setting, compilerOptions] of Object.entries(SETTINGS)) {
        const project = join(folder, setting);
        await mkdir(project);
        await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
        await writeFile(join(project, "road.ts"), road);
        await writeFile(join(project, "wrong.ts"), WRONG);
      }
      const tsc = join(home, "node_modules", compiler, "bin/tsc");
      // All in one process: each by itself would read and compile the compiler again, which takes longer than the check.
      const checked = await run(folder, ["node", tsc, "-b", ...Object.keys(SETTINGS)]);
      const refused = checked.text.trimEnd().split("\n").toSorted();
      const expected = Object.keys(SETTINGS).map((setting) => `${setting}/wrong.ts`);
      expect(
        refused.map((line) => line.split("(")[0]),
        checked.text,
      ).toEqual(expected.toSorted());
      for (const line of refused)
        expect(line).toMatch(/^[^:]+: error TS25(53|61): .*'resource' does not exist/);
    },
    300_000,
  );

  test.skipIf(absentReason({ engine: "postgres", version: "15" }))(
    "takes the README's road against a real Cofre: backup, download, restore",
    async () => {
      await using api = await startCofre();
      await using shop = await startShop(api.cofre);
      const [first] = (await api.cofre.projects.list.query({})).items;
      const at = { projectId: shop.project.id, id: shop.resource.id, test: false };
      if (first !== undefined && first.id !== shop.project.id) {
        await api.cofre.resources.change.mutate({ ...at, moveTo: first.id });
      }
      const folder = join(home, "road");
      await mkdir(folder);
      const road = (await roadOfReadme()).replace("http://127.0.0.1:3210", api.url);
      await writeFile(join(folder, "road.ts"), road);
      const walked = await run(folder, ["node", "road.ts"], { COFRE_API_KEY: api.apiKey });
      expect(walked, walked.text).toMatchObject({ code: 0 });
      expect(walked.text).toMatch(/^done \d+$/m);

      const { items } = await api.cofre.backups.list.query({ resourceId: shop.resource.id });
      const taken = items.find((one) => one.origin === "manual" && one.unit === "shop");
      const kinds = items.map((one) => `${one.origin} of ${one.unit}`);
      expect(kinds.toSorted()).toEqual(["manual of postgres", "manual of shop", "safety of shop"]);
      const kept = await readFile(join(folder, taken?.filename ?? ""));
      expect(createHash("sha256").update(kept).digest("hex")).toBe(taken?.sha256);
      expect(await shop.database.sql("select count(*), sum(n) from orders")).toBe("5000|12502500");
    },
    300_000,
  );
});
