import { globSync } from "node:fs";
import { importFindings } from "./import-law.ts";
import { sizeFindings } from "./size-rules.ts";
import { type Finding, readSourceFile, type SourceFile } from "./source-file.ts";
import { wordFindings } from "./word-rules.ts";

const SOURCES = ["apps", "packages", "lab", "bench", "scripts"].map((folder) => `${folder}/**/*.{ts,tsx}`);
const NOT_OURS = /(^|\/)(node_modules|dist|\.tsbuild|migrations|fixtures)(\/|$)/;
const GENERATED = /\.gen\.ts$|\.d\.ts$/;

/** The rules of the house that Biome does not know, for one file. */
export function styleFindings(file: SourceFile): Finding[] {
  return [...sizeFindings(file), ...wordFindings(file), ...importFindings(file)].sort(
    (a, b) => a.line - b.line,
  );
}

function sourcePaths(): string[] {
  return globSync(SOURCES, { exclude: (path) => NOT_OURS.test(path.replaceAll("\\", "/")) })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !GENERATED.test(path))
    .sort();
}

if (import.meta.main) {
  const given = process.argv.slice(2);
  const paths = given.length > 0 ? given : sourcePaths();
  let count = 0;
  for (const path of paths) {
    for (const { line, rule, why } of styleFindings(readSourceFile(path))) {
      console.log(`${path}:${line} ${rule}: ${why}`);
      count += 1;
    }
  }
  console.log(`style: ${paths.length} files, ${count} findings`);
  if (count > 0) process.exitCode = 1;
}
