import { Fault } from "../model/fault.ts";
import type { ServerJobState, ServerJobView } from "./server-jobs.ts";

/** Why the server refused an action, in its own words. */
export interface Refusal {
  readonly what: string;
  readonly path: string;
  readonly words: string;
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
}

export interface Answer {
  readonly views: readonly ServerJobView[];
  readonly refusal: Refusal | undefined;
}

/** Of head and tail each, as the script keeps them. */
const KEPT_BYTES = 2048;
const STATES: readonly ServerJobState[] = ["running", "done", "failed", "cancelled", "died", "absent"];

/**
 * Reads what the job script prints: lines of a key and its value, a view between `job` and `end`. Bytes are hex on lines of their own
 * behind their key; od begins these with a blank.
 */
export function readAnswer(text: string): Answer {
  const views: ServerJobView[] = [];
  const outside: Lines = new Map();
  let inside: Lines | undefined;
  let values: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith(" ")) {
      values.push(line);
      continue;
    }
    const [key, value] = keyAndValue(line);
    if (key === "job") inside = new Map();
    values = valuesOf(key, inside ?? outside);
    values.push(value);
    if (key !== "end" || inside === undefined) continue;
    views.push(viewOf(inside));
    inside = undefined;
  }
  if (inside) throw new Fault("bug", "the answer about server jobs was cut short");
  return { views, refusal: refusalOf(outside) };
}

type Lines = Map<string, string[]>;

function valuesOf(key: string, lines: Lines): string[] {
  const values = lines.get(key) ?? [];
  lines.set(key, values);
  return values;
}

function bytesOf(hex: readonly string[] | undefined): Buffer {
  return Buffer.from((hex ?? []).join("").replace(/\s+/g, ""), "hex");
}

function keyAndValue(line: string): readonly [string, string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

function viewOf(lines: Lines): ServerJobView {
  const one = (key: string) => lines.get(key)?.[0] ?? "";
  const state = STATES.find((known) => known === one("state"));
  if (state === undefined) throw new Fault("bug", `a server job is in a state nobody knows: ${one("state")}`);
  const isOver = state !== "running" && state !== "absent";
  const bytes = Number(one("bytes")) || 0;
  const raw = one("raw") === "" ? null : Number(one("raw"));
  return {
    id: one("job"),
    state,
    bytes,
    rawBytes: raw,
    codes: codesOf(lines.get("code") ?? []),
    firstFailure: one("first") || null,
    sha256: /^[0-9a-f]{64}$/.test(one("sha256")) ? one("sha256") : null,
    stderr: saidOf(bytesOf(lines.get("err")), bytesOf(lines.get("tail"))),
    companion: isOver ? textOf(lines.get("companion")) : null,
    observed: isOver && lines.has("observed") ? bytesOf(lines.get("observed")) : null,
    printed: isOver ? textOf(lines.get("printed")) : null,
    lifeSign: (Number(one("work")) || 0) + bytes + (raw ?? 0),
  };
}

function codesOf(lines: readonly string[]): Record<string, number | null> {
  const codes: Record<string, number | null> = {};
  for (const line of lines) {
    const [name, code] = keyAndValue(line);
    codes[name] = /^\d+$/.test(code) ? Number(code) : null;
  }
  return codes;
}

/** The head's file is made long enough beforehand, with blanks; behind a full tail something may be missing. */
function saidOf(first: Buffer, last: Buffer): string {
  const gap = last.length >= KEPT_BYTES ? "\n…\n" : "";
  return `${first.toString("utf8")}${gap}${last.toString("utf8")}`.trimEnd();
}

function textOf(hex: readonly string[] | undefined): string | null {
  return hex === undefined ? null : bytesOf(hex).toString("utf8");
}

function refusalOf(lines: Lines): Refusal | undefined {
  const what = lines.get("fault")?.[0];
  if (what === undefined) return undefined;
  const [free, total] = (lines.get("space")?.[0] ?? "").split(" ");
  return {
    what,
    path: bytesOf(lines.get("path")).toString("utf8"),
    words: bytesOf(lines.get("words")).toString("utf8").trim(),
    freeBytes: free ? Number(free) : null,
    totalBytes: total ? Number(total) : null,
  };
}
