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

/** Reads what the job script prints: lines of a key and its value, a view between `job` and `end`, bytes as hex. */
export function readAnswer(text: string): Answer {
  const views: ServerJobView[] = [];
  const outside = new Map<string, string>();
  let inside: ViewLines | undefined;
  for (const line of text.split("\n")) {
    const [key, value] = keyAndValue(line);
    if (key === "job") inside = new Map([["job", [value]]]);
    else if (key === "end" && inside) {
      views.push(viewOf(inside));
      inside = undefined;
    } else if (inside) inside.set(key, [...(inside.get(key) ?? []), value]);
    else outside.set(key, value);
  }
  if (inside) throw new Fault("bug", "the answer about server jobs was cut short");
  return { views, refusal: refusalOf(outside) };
}

type ViewLines = Map<string, readonly string[]>;

function keyAndValue(line: string): readonly [string, string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

function viewOf(lines: ViewLines): ServerJobView {
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
    stderr: saidOf(one("err"), one("tail")),
    companion: isOver ? textOf(lines.get("companion")) : null,
    observed: isOver && lines.has("observed") ? Buffer.from(one("observed"), "hex") : null,
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
function saidOf(head: string, tail: string): string {
  const first = Buffer.from(head, "hex");
  const last = Buffer.from(tail, "hex");
  const gap = last.length >= KEPT_BYTES ? "\n…\n" : "";
  return `${first.toString("utf8")}${gap}${last.toString("utf8")}`.trimEnd();
}

function textOf(hex: readonly string[] | undefined): string | null {
  return hex === undefined ? null : Buffer.from(hex[0] ?? "", "hex").toString("utf8");
}

function refusalOf(lines: ReadonlyMap<string, string>): Refusal | undefined {
  const what = lines.get("fault");
  if (what === undefined) return undefined;
  const [free, total] = (lines.get("space") ?? "").split(" ");
  return {
    what,
    path: Buffer.from(lines.get("path") ?? "", "hex").toString("utf8"),
    words: Buffer.from(lines.get("words") ?? "", "hex")
      .toString("utf8")
      .trim(),
    freeBytes: free ? Number(free) : null,
    totalBytes: total ? Number(total) : null,
  };
}
