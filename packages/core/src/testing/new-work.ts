import { randomBytes } from "node:crypto";
import type { Work } from "../operation/work.ts";

/** Work of a new id, which nobody cancels and nobody hears of unless told otherwise. */
export function newWork(told: Partial<Pick<Work, "signal" | "report">> = {}): Work {
  const id = randomBytes(16).toString("hex");
  const { signal } = new AbortController();
  return {
    ...{ id, owner: "i", signal, now: () => new Date(), stallMs: 60_000, report: () => undefined },
    ...told,
  };
}
