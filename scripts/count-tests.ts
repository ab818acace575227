import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly TestFile[];
}

interface TestFile {
  readonly name: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly endTime: number;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

/** A file that dies before its first test counts as one failure: vitest's own total would not show it. */
export function countTests(report: Report): { passed: number; failed: number; skipped: number } {
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The files that took longest, seconds first: where a slow run loses its time. */
export function slowestFiles(report: Report, count: number): readonly string[] {
  return report.testResults
    .map(({ name, startTime, endTime }) => ({ name, seconds: Math.round((endTime - startTime) / 1000) }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map(({ name, seconds }) => `${String(seconds).padStart(5)} s  ${name}`);
}

/** What was not run, each by its full name, which carries the reason where a capability gave one. */
export function skippedTests(report: Report): readonly string[] {
  const isSkipped = (status: string): boolean =>
    status === "pending" || status === "skipped" || status === "todo";
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => isSkipped(status))
      .map(({ fullName }) => `  ${name}: ${fullName}`),
  );
}

const SLOWEST = 15;
const MOST_SKIPPED = 40;

if (import.meta.main) {
  const [path = ""] = process.argv.slice(2);
  if (!existsSync(path)) {
    console.log("vitest ended before it could write its report\n0 passed, 1 failed, 0 skipped");
    process.exit(1);
  }
  const read: Report = JSON.parse(readFileSync(path, "utf8"));
  const testResults = read.testResults.map((file) => ({ ...file, name: relative(".", file.name) }));
  const report = { ...read, testResults };
  console.log(`slowest files:\n${slowestFiles(report, SLOWEST).join("\n")}`);
  const skipped = skippedTests(report);
  if (skipped.length > 0) console.log(`not run:\n${skipped.slice(0, MOST_SKIPPED).join("\n")}`);
  if (skipped.length > MOST_SKIPPED) console.log(`  and ${skipped.length - MOST_SKIPPED} more`);
  const { passed, failed, skipped: left } = countTests(report);
  console.log(`${passed} passed, ${failed} failed, ${left} skipped`);
}
