import { expect, test } from "vitest";
import { countTests, skippedTests, slowestFiles } from "./count-tests.ts";

const totals = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
const times = { startTime: 1000, endTime: 3400 };

test("a file that dies before its first test counts as a failure", () => {
  const died = { name: "died.test.ts", ...times, status: "failed", assertionResults: [] };
  const failed = {
    ...died,
    assertionResults: [
      { status: "failed", fullName: "breaks" },
      { status: "passed", fullName: "holds" },
    ],
  };
  expect(countTests({ ...totals, testResults: [died, failed] })).toEqual({
    passed: 3,
    failed: 2,
    skipped: 3,
  });
});

test("tells the slowest files, and what was not run", () => {
  const quick = { name: "quick.test.ts", startTime: 0, endTime: 400, status: "passed", assertionResults: [] };
  const slow = {
    name: "slow.test.ts",
    ...times,
    status: "passed",
    assertionResults: [{ status: "skipped", fullName: "Redis 5 is not in the lab" }],
  };
  const report = { ...totals, testResults: [quick, slow] };
  expect(slowestFiles(report, 1)).toEqual(["    2 s  slow.test.ts"]);
  expect(skippedTests(report)).toEqual(["  slow.test.ts: Redis 5 is not in the lab"]);
});
