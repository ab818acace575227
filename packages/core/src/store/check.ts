import { randomBytes } from "node:crypto";
import { isFault, toFault } from "../model/fault.ts";
import { type Bench, CHECK_FOLDER, CHECKS } from "./checks.ts";
import type { Store } from "./store.ts";

/** One line of the answer to "can archives rest here?". */
export interface StoreCheck {
  /** Id of a sentence: `reads-back`, `never-overwrites`. */
  readonly check: string;
  readonly ok: boolean;
  /** What was found, when it was not what must be; of one that is ok, what is to be known all the same. */
  readonly detail?: string;
  readonly tookMs: number;
}

/**
 * "Test this store": tries on the real store what every backup relies on, one line after the other, and sweeps what it wrote. Never
 * throws for what the store does; stops early when nothing can be written at all.
 */
export async function* checkStore(store: Store): AsyncGenerator<StoreCheck> {
  const written = new Set<string>();
  const prefix = `${CHECK_FOLDER}/${randomBytes(6).toString("hex")}`;
  const bench: Bench = { store, key: (name) => remembered(written, `${prefix}-${name}`) };
  try {
    for (const { id, run } of CHECKS) {
      const line = await timed(id, () => run(bench).then(() => undefined));
      yield line;
      if (!line.ok && id === CHECKS[0]?.id) return;
    }
    // Each sweeps its own.
    for (const { id, run } of store.checks ?? []) yield await timed(id, () => run(`${prefix}-${id}`));
  } finally {
    for (const key of written) await store.remove(key).catch(() => undefined);
  }
}

async function timed(check: string, run: () => Promise<string | undefined>): Promise<StoreCheck> {
  const startedAt = performance.now();
  const tookMs = () => Math.round(performance.now() - startedAt);
  try {
    const remark = await run();
    return { check, ok: true, ...(remark === undefined ? {} : { detail: remark }), tookMs: tookMs() };
  } catch (error) {
    return { check, ok: false, detail: words(error), tookMs: tookMs() };
  }
}

function words(error: unknown): string {
  if (isFault(error)) return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  return error instanceof Error ? error.message : toFault(error).message;
}

function remembered(keys: Set<string>, key: string): string {
  keys.add(key);
  return key;
}
