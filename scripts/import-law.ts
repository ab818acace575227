import { posix } from "node:path";
import { everyNode, type Finding, isNode, type SourceFile, type SyntaxNode } from "./source-file.ts";

const CORE = "packages/core/src/";
const HOST_CONTRACT = [
  "host/host.ts",
  "host/container-facts.ts",
  "host/docker-contract.ts",
  "host/server-jobs.ts",
];

/**
 * What each folder of core may see: a folder, or one file of it. A folder that is not named here (operation,
 * testing) sees all of them. The law between packages is kept by biome.json; this is the law inside one.
 */
const CORE_LAYERS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  host: ["model/"],
  archive: ["model/"],
  catalogue: ["model/", "archive/"],
  policy: ["model/"],
  pipeline: ["model/", ...HOST_CONTRACT],
  s3: ["model/"],
  store: ["model/", "s3/", ...HOST_CONTRACT],
  engine: ["model/", "s3/", ...HOST_CONTRACT],
};

const ENTRY = "apps/api/src/main.ts";
const ROOTS = /^apps\/api\/src\/(main|program|worker)\.ts$/;
const PACKAGE = /^(apps|packages)\/[^/]+\/|^(lab|bench|scripts)\//;

/** Relative imports that go against the law of imports. */
export function importFindings(file: SourceFile): Finding[] {
  return importsOf(file).flatMap(({ node, specifier }) => {
    if (!specifier.startsWith(".")) return [];
    const target = posix.join(posix.dirname(file.path), specifier);
    const broken = brokenLaw(file, target);
    return broken === undefined ? [] : [{ line: file.lineAt(node.start), ...broken }];
  });
}

function brokenLaw(file: SourceFile, target: string): Omit<Finding, "line"> | undefined {
  const home = PACKAGE.exec(file.path)?.[0];
  if (home !== undefined && home !== "scripts/" && !target.startsWith(home)) {
    return {
      rule: "import-across",
      why: `${target} lies in another package: import it by its name, so that its exports decide what is public`,
    };
  }
  if (posix.basename(target) === "index.ts" && posix.basename(file.path) !== "index.ts" && !file.isTest) {
    return {
      rule: "import-index",
      why: "inside a package import the file itself: the front door is for guests, and through it everything depends on everything",
    };
  }
  if (ROOTS.test(target) && file.path !== ENTRY) {
    return {
      rule: "import-root",
      why: "a composition root wires the parts, nothing imports it: it starts servers",
    };
  }
  return brokenLayer(file, target);
}

function brokenLayer(file: SourceFile, target: string): Omit<Finding, "line"> | undefined {
  if (!file.path.startsWith(CORE) || !target.startsWith(CORE) || file.isTest) return undefined;
  const [from = ""] = file.path.slice(CORE.length).split("/");
  const to = target.slice(CORE.length);
  const allowed = CORE_LAYERS[from];
  if (allowed === undefined || to.startsWith(`${from}/`)) return undefined;
  if (allowed.some((part) => (part.endsWith("/") ? to.startsWith(part) : to === part))) return undefined;
  const sees = allowed.length === 0 ? "nothing" : allowed.join(", ");
  return {
    rule: "import-layer",
    why: `${from} sees ${sees} and its own files, not ${to}: the parts meet in operation, so that each can be changed alone`,
  };
}

function importsOf(file: SourceFile): { node: SyntaxNode; specifier: string }[] {
  return everyNode(file.program).flatMap((node) => {
    const source = node.source;
    if (!/^(Import|Export)/.test(node.type) || !isNode(source)) return [];
    return typeof source.value === "string" ? [{ node, specifier: source.value }] : [];
  });
}
