/** What a declaration of the published package may import, besides its own files. */
const PACKAGES = new Set(["@trpc/server", "@trpc/server/unstable-core-do-not-import"]);

/** Types of the server that clients do not need: what a request carries inside, and what a procedure says of itself. */
const ERASED = /import\("\.\/(?:context|init)\.ts"\)\.(?:Context|ProcedureMeta)\b/g;
const TOLD_FAULT = /import\("\.\/fault-to-trpc\.ts"\)\.ToldFault\b/g;

/**
 * The router as strangers get it, from the declaration that TypeScript wrote for the server: its shapes without its types.
 * What of the server is left in it shows in `leaksIn`.
 */
export function routerDeclaration(text: string): string {
  const inlined = text
    .replaceAll(ERASED, "object")
    .replaceAll(TOLD_FAULT, 'import("./api-error.js").ToldFault')
    // Only a type: the package has no such value.
    .replace("export declare const appRouter", "declare const appRouter");
  return `${withoutMap(inlined)}\nexport type AppRouter = typeof appRouter;\n`;
}

/** The closed list of codes, written out. */
export function codesDeclaration(codes: readonly string[]): string {
  const members = codes.map((code) => `  | ${JSON.stringify(code)}`).join("\n");
  return `/** What can go wrong, ordered by who must act: request, server, target, store, archive, job. */\nexport type FaultCode =\n${members};\n`;
}

/** A declaration of the SDK's own: its files import each other by the names that TypeScript 5 knows too. */
export function ownDeclaration(text: string): string {
  return withoutMap(text)
    .replaceAll('"@cofre/core/model"', '"./fault-code.js"')
    .replaceAll('"@cofre/api/router-type"', '"./router.js"')
    .replaceAll(/(\bfrom |\bimport\()"(\.\/[^"]+)\.ts"/g, '$1"$2.js"');
}

/** Names in a declaration that would not resolve in a stranger's project, or that tell of the server. */
export function leaksIn(text: string, files: ReadonlySet<string>): readonly string[] {
  const named = [...text.matchAll(/(?:\bfrom |\bimport\(|\bimport )"([^"]+)"/g)].map(
    ([, name]) => name ?? "",
  );
  return [...new Set(named)].filter(
    (name) => !PACKAGES.has(name) && !files.has(name.replace(/^\.\/(.*)\.js$/, "$1.d.ts")),
  );
}

function withoutMap(text: string): string {
  return text.replaceAll(/\n\/\/# sourceMappingURL=.*$/gm, "");
}
