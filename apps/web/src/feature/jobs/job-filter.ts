import { JOB_KINDS, type JobKind } from "@cofre/core/model";
import type { JobFilter } from "./queries.ts";

/** Filters live in the address, so that a list can be sent to a colleague. */
export interface JobSearch {
  show?: string | string[];
  kind?: string | string[];
}

export function filterFrom(search: JobSearch): JobFilter {
  const kind = JOB_KINDS.find((known): known is JobKind => known === search.kind);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(search.show === "open" ? { open: true } : {}),
    ...(search.show === "failed" ? { status: "failed" as const } : {}),
  };
}
