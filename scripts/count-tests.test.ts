import { expect, test } from "vitest";
import { countTests } from "./count-tests.ts";

const totals = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };

test("a file that dies before its first test counts as a failure", () => {
  const died = { status: "failed", assertionResults: [] };
  const failed = { status: "failed", assertionResults: [{ status: "failed" }, { status: "passed" }] };
  expect(countTests({ ...totals, testResults: [died, failed] })).toEqual({
    passed: 3,
    failed: 2,
    skipped: 3,
  });
});
