import { type SyncReport, syncBuckets } from "@cofre/core";
import { Fault, toFault } from "@cofre/core/model";
import { eq } from "../db/orm.ts";
import { bucketSyncs } from "../db/schema/bucket-syncs.ts";
import { placeOfSync, type SyncRow } from "../feature/sync/destination.ts";
import { keepCleaned } from "./cleaned.ts";
import { isLettingGo, type Running } from "./running.ts";

const NOTHING_SEEN: SyncReport = {
  ...{ objects: 0, bytes: 0, copied: 0, copiedBytes: 0, deleted: 0, unsettled: 0 },
  differing: [],
  warnings: [],
};

/** One run of a resource's sync; its row keeps what the run saw, however it ended. A run that was cut is simply begun again. */
export async function doSync(running: Running): Promise<void> {
  const { deps, job, work } = running;
  const row = await syncOf(running);
  const { report, fault } = await run(running, row);
  if (fault !== undefined && isLettingGo(work, fault)) throw fault;
  await deps.db
    .update(bucketSyncs)
    .set({
      report,
      reportedAt: deps.now(),
      error: fault === undefined ? null : await keepCleaned({ deps, job }, fault),
      // What was saved did not change.
      updatedAt: row.updatedAt,
    })
    .where(eq(bucketSyncs.id, row.id));
  running.notes.warnings = report.warnings;
  if (fault !== undefined) throw fault;
}

async function run(
  { deps, job, work }: Running,
  row: SyncRow,
): Promise<{ readonly report: SyncReport; readonly fault: Fault | undefined }> {
  try {
    const to = await placeOfSync(deps, row);
    const { reach } = await deps.reach.resource(row.resourceId, { tag: job.id, signal: work.signal });
    return await syncBuckets(work, {
      reach,
      ...(row.buckets === null ? {} : { buckets: row.buckets }),
      to,
      deletions: row.deletions,
      origin: row.resourceId,
    });
  } catch (error) {
    return { report: NOTHING_SEEN, fault: toFault(error) };
  }
}

async function syncOf({ deps, job }: Running): Promise<SyncRow> {
  const [row] = await deps.db
    .select()
    .from(bucketSyncs)
    .where(eq(bucketSyncs.resourceId, job.resourceId ?? ""));
  if (row !== undefined) return row;
  throw new Fault("not.found", "the sync of this resource is no longer there");
}
