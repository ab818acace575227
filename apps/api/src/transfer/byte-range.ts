import { Fault } from "@cofre/core/model";

/** A part of a file: first and last byte, inclusive. */
export interface BytePart {
  readonly start: number;
  readonly end: number;
}

/**
 * The one part that a Range header asks for (RFC 9110, 14.2); undefined when the whole file is to be sent: without a header, with
 * another unit, with several parts or with words that are no range.
 *
 * @throws Fault `range.unsatisfiable` when the part lies behind the file's end.
 */
export function readRange(header: string | undefined, bytes: number): BytePart | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec((header ?? "").replaceAll(/\s/g, ""));
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  const part = first === "" ? suffix(Number(last), bytes) : fromStart(Number(first), last, bytes);
  // The header's own words are in the wrong order: no range at all.
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (part.start < bytes && part.start <= part.end) return part;
  throw new Fault("range.unsatisfiable", `the file has ${bytes} bytes, and the part begins behind them`, {
    hint: "Ask for a part that begins before the file's end.",
    context: { bytes },
  });
}

function suffix(length: number, bytes: number): BytePart {
  return length === 0 ? { start: bytes, end: bytes } : { start: Math.max(0, bytes - length), end: bytes - 1 };
}

function fromStart(start: number, last: string, bytes: number): BytePart {
  return { start, end: last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1) };
}
