import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Extent, GROUPS, type Group } from "./groups.ts";
import { MACHINE, type Result } from "./measure.ts";
import { connectBench } from "./server.ts";

/**
 * Measures the data path in ratios against the plain tools on the same machine. `--quick` takes a tenth of the data; `--only NAME` runs
 * the groups whose names begin so, and leaves what results.json says of the others.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    // A part of the full size, to try the benchmark itself.
    part: { type: "string" },
  },
});
const extent: Extent = { part: partOf(values.part ?? (values.quick ? "0.1" : "1")), runs: 3 };
const chosen = groupsNamed(values.only ?? "");
const RESULTS = join(import.meta.dirname, "../results.json");

console.error(`bench: ${extent.part} of the full size, ${MACHINE}`);
await using bench = await connectBench(mkdtempSync(join(tmpdir(), "cofre-bench-")));
let results = values.only === undefined ? [] : keptResults();
const fresh: Result[] = [];
for (const group of chosen) {
  console.error(`bench: ${group.name}`);
  const measured = await group.measure(bench, extent);
  fresh.push(...measured);
  // Written after each group: a run that dies later loses only its own part.
  results = inOrder([...results.filter((result) => !isOf(group, result)), ...measured]);
  writeFileSync(RESULTS, jsonOf(results));
}
printTable(fresh);

function partOf(text: string): number {
  const part = Number(text);
  if (part > 0 && part <= 1) return part;
  throw new Error(`--part is a number above 0 and up to 1, not ${text}`);
}

function groupsNamed(start: string): readonly Group[] {
  const found = GROUPS.filter(({ name }) => name.startsWith(start));
  if (found.length > 0) return found;
  throw new Error(`there is no group ${start}: choose one of ${GROUPS.map(({ name }) => name).join(", ")}`);
}

function keptResults(): Result[] {
  try {
    const kept: Result[] = JSON.parse(readFileSync(RESULTS, "utf8"));
    return kept;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** As the formatter of this repository would have it, so that results can be kept in it. */
function jsonOf(all: readonly Result[]): string {
  const text = JSON.stringify(all, null, 2);
  return `${text.replaceAll(/\[\s+([\d.,\s]+?)\s+\]/g, (_, runs: string) => `[${runs.split(/,\s+/).join(", ")}]`)}\n`;
}

function isOf({ name }: Group, result: Result): boolean {
  return result.name.startsWith(`${name}.`) || result.name.startsWith(`${name}/`);
}

/** By group, whichever was measured last. */
function inOrder(all: readonly Result[]): Result[] {
  const place = (result: Result) => GROUPS.findIndex((group) => isOf(group, result));
  return all.toSorted((a, b) => place(a) - place(b));
}

function printTable(rows: readonly Result[]): void {
  for (const { name, value, goal } of rows) {
    const wanted = goal === null ? "" : `  goal ≤ ${goal}  ${value <= goal ? "met" : "MISSED"}`;
    console.log(`${name.padEnd(30)} ${String(value).padStart(8)}${wanted}`);
  }
}
