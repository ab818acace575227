import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { remoteLine } from "./ssh-line.ts";
import { escapeForPrintf } from "./ssh-quote.ts";

const PASSWORD = 'p\'ass "wörd"\n$(id)';
const command = {
  argv: ["sh", "-c", 'printf "%s|%s|%s|" "$PGPASSWORD" "$PLAIN" "$COFRE_JOB"; cat'],
  env: { PLAIN: "it's plain" },
  secrets: { PGPASSWORD: new Secret(PASSWORD) },
} as const;

// Programs replace each other here, so `ps` shows a line for an instant only: too short for a test that looks.
test("the line that a login shell gets holds no secret, not even escaped", () => {
  const { line, prelude } = remoteLine(command, { mark: "m", tag: "t" });
  for (const form of [PASSWORD, escapeForPrintf(PASSWORD), "wörd", JSON.stringify(PASSWORD)]) {
    expect(line).not.toContain(form);
  }
  expect(prelude).toBe(`${escapeForPrintf(PASSWORD)}\n`);
});

test.for(["sh", "bash"])(
  "the program that %s starts gets its secrets, and the rest of stdin untouched",
  (shell) => {
    const { line, prelude } = remoteLine(command, { mark: "m", tag: "t" });
    const said = execFileSync(shell, ["-c", line], {
      input: `${prelude}first line\nsecond`,
      encoding: "utf8",
    });
    expect(said).toBe(`${PASSWORD}|it's plain|t|first line\nsecond`);
  },
);

test("a program that is not there is told by a line that nobody can guess", () => {
  const { line, missingMark } = remoteLine({ argv: ["cofre-no-such-program"] }, { mark: "0123" });
  expect(() => execFileSync("sh", ["-c", line], { stdio: "pipe" })).toThrow(missingMark);
});
