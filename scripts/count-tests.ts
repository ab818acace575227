import { existsSync, readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { status: string; assertionResults: readonly { status: string }[] }[];
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

if (import.meta.main) {
  const [path = ""] = process.argv.slice(2);
  if (!existsSync(path)) {
    console.log("vitest ended before it could write its report\n0 passed, 1 failed, 0 skipped");
    process.exit(1);
  }
  const { passed, failed, skipped } = countTests(JSON.parse(readFileSync(path, "utf8")));
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}
