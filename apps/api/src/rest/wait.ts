import { isJobOver } from "@cofre/core/model";
import { getBackup } from "../feature/backups/get.ts";
import { followJobs } from "../feature/jobs/follow.ts";
import { getJob } from "../feature/jobs/get.ts";
import type { Context } from "../trpc/context.ts";

/** Proxies cut silent requests after a minute or so. */
const LONGEST_S = 55;

/** Seconds of `Prefer: wait=…` (RFC 7240); nought without it. */
export function waitSeconds(prefer: string | undefined): number {
  const match = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/i.exec(prefer ?? "");
  return Math.min(Number(match?.[1] ?? 0), LONGEST_S);
}

export interface Waiting {
  /** What the procedure answered: `{ job, backups? }`. */
  readonly output: unknown;
  readonly seconds: number;
  /** The client went away. */
  readonly signal: AbortSignal;
}

/** The same answer, with job and backups as they stand when the job is over or the time is up. */
export async function waitForJob(ctx: Context, { output, seconds, signal }: Waiting): Promise<unknown> {
  const { actor } = ctx;
  if (typeof output !== "object" || output === null || actor === undefined) return output;
  if (!("job" in output) || !hasId(output.job)) return output;
  const asked = { ...ctx, actor };
  const jobId = output.job.id;
  const until = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
  for await (const job of followJobs(asked, { jobId }, until)) {
    if (isJobOver(job.status)) break;
  }
  const job = await getJob(asked, { id: jobId });
  if (!("backups" in output) || !Array.isArray(output.backups)) return { ...output, job };
  const backups = await Promise.all(
    output.backups.filter(isBackup).map(({ id, resourceId }) => getBackup(asked, { id, resourceId })),
  );
  return { ...output, backups, job };
}

function hasId(value: unknown): value is { readonly id: string } {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}

function isBackup(value: unknown): value is { readonly id: string; readonly resourceId: string } {
  return hasId(value) && "resourceId" in value && typeof value.resourceId === "string";
}
