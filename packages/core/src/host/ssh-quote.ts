import { Fault } from "../model/fault.ts";

/**
 * One word for a POSIX shell, whatever it contains; the only quoting function of the house. Quotes, backslashes and
 * exclamation marks leave the single quotes, so that fish reads the same word too.
 * Refuses NUL (`input.invalid`), which no program can receive. A leading dash stays one: the caller's `--` is its concern.
 */
export function quote(word: string): string {
  refuseNul(word);
  return `'${word.replace(/['\\!]/g, "'\\$&'")}'`;
}

/** Several words, ready to stand after `exec`. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(" ");
}

/**
 * Text as printable ASCII that `printf %b` turns back into the same bytes: a secret so written is one line, whatever it
 * contains, and no shell's locale or control characters (dash keeps some for itself) can touch it.
 */
export function escapeForPrintf(text: string | Uint8Array): string {
  if (typeof text === "string") refuseNul(text);
  return Array.from(Buffer.from(text), escapeByte).join("");
}

function escapeByte(byte: number): string {
  const letter = String.fromCharCode(byte);
  return /[\w./=:@ -]/.test(letter) && byte < 0x80 ? letter : `\\0${byte.toString(8).padStart(3, "0")}`;
}

function refuseNul(word: string): void {
  if (!word.includes("\0")) return;
  throw new Fault("input.invalid", "a word for a program contains a NUL byte", {
    hint: "Remove the NUL byte from the name, path or password; no program can receive it.",
  });
}
