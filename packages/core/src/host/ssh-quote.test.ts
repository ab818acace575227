import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { isFault } from "../model/fault.ts";
import { escapeForPrintf, quote, quoteAll } from "./ssh-quote.ts";

const HOSTILE = {
  "single quotes": "it's 'a' ''test'''",
  "double quotes, dollars and backticks": '"$HOME" $(reboot) `id` $x',
  "newlines and tabs": "first\nsecond\r\n\tthird\n",
  "a leading dash": "--output=/etc/passwd",
  backslashes: "\\ \\\\ \\n \\' trailing\\",
  "exclamation marks": "hi!! !$ !-1",
  "operators and globs": "a && b | c; d > e < f & * ? [x] ~ {a,b} # (y)",
  "emoji and accents": "🗄️ cópia de segurança ação ñ 日本",
  "control characters": Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1)).join(""),
  "an assignment": "PATH=/tmp",
  nothing: "",
  spaces: "   ",
};

describe("a quoted word", () => {
  for (const shell of ["sh", "bash"]) {
    test.for(Object.entries(HOSTILE))(`reaches a program through ${shell} unchanged: %s`, ([, word]) => {
      const line = `printf '%s\\0' ${quoteAll([word, "next"])}`;
      const said = execFileSync(shell, ["-c", line], { encoding: "utf8" });
      expect(said).toBe(`${word}\0next\0`);
    });
  }

  test("with a NUL byte is refused", () => {
    expect(() => quote("a\0b")).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });
});

describe("a word escaped for printf", () => {
  test.for(Object.entries(HOSTILE))("is one printable line and comes back the same: %s", ([, word]) => {
    const line = escapeForPrintf(word);
    expect(line).toMatch(/^[\x20-\x7e]*$/);
    const script = `IFS= read -r s; s=$(printf '%bx' "$s"); printf %s "\${s%x}"`;
    expect(execFileSync("sh", ["-c", script], { input: `${line}\n`, encoding: "utf8" })).toBe(word);
  });

  test("carries any byte", () => {
    const bytes = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
    const said = execFileSync("sh", ["-c", 'printf %b "$1"', "sh", escapeForPrintf(bytes)]);
    expect(said.equals(bytes)).toBe(true);
  });

  test("with a NUL byte is refused", () => {
    try {
      escapeForPrintf("a\0");
      expect.unreachable();
    } catch (error) {
      expect(isFault(error, "input.invalid")).toBe(true);
    }
  });
});
