import type { Reach } from "../engine/engine.ts";
import { SMALL_BYTES } from "../engine/s3-fetch.ts";
import { type Listed, listBuckets, listObjects } from "../engine/s3-list.ts";
import type { OpenS3 } from "../engine/s3-way.ts";
import { Fault, isFault, toFault } from "../model/fault.ts";
import { createLanes, type Lanes } from "./sync-bucket-lanes.ts";
import { copyObject, deleteExtra, difference, type Mirroring } from "./sync-bucket-object.ts";
import { type Pair, paired } from "./sync-bucket-pairs.ts";
import {
  atDestination,
  ensureBucket,
  openDestination,
  openSource,
  placeFor,
  type SyncPlace,
} from "./sync-bucket-places.ts";
import { type SyncReport, type SyncTally, syncTally } from "./sync-bucket-report.ts";
import type { Work } from "./work.ts";

/** syncBuckets(work, request): another S3 holds what these buckets hold. */
export interface SyncBuckets {
  readonly reach: Reach<unknown>;
  /** Absent mirrors every bucket of the resource that is there when the run begins. */
  readonly buckets?: readonly string[];
  readonly to: SyncPlace;
  /** `keep` leaves at the destination what the source does not have any more. */
  readonly deletions: "keep" | "mirror";
  /** The resource's id: copies carry it, and nothing else is ever deleted. */
  readonly origin: string;
}

export interface SyncedBuckets {
  readonly report: SyncReport;
  /** Why the run did not come to its end; what it did until then is in the report. */
  readonly fault: Fault | undefined;
}

/** Of what is large only some of it is in memory. */
const LARGE_WEIGHT = 32 << 20;
const MOST_FAILURES = 100;
/** With these nothing else would succeed either. */
const FATAL = [
  "target.unreachable",
  "target.auth",
  "store.unavailable",
  "job.cancelled",
  "job.interrupted",
] as const;

interface Run {
  readonly work: Work;
  readonly request: SyncBuckets;
  readonly tally: SyncTally;
  failures: number;
}

/**
 * Mirrors the current objects of buckets into another S3: copies what is missing or differs in size, ETag or time, and, when asked,
 * deletes what it copied once and what the source does not have any more. Deletions come last, per bucket, after both listings came to
 * their end and every copy succeeded; a source that is empty has none deleted. Versions are not mirrored, and tags that change alone
 * are not noticed, since no listing tells them. Never rejects: a cut run is told in the report, and the next one finishes it.
 */
export async function syncBuckets(work: Work, request: SyncBuckets): Promise<SyncedBuckets> {
  const run: Run = { work, request, tally: syncTally(), failures: 0 };
  try {
    using from = openSource(request.reach);
    using to = openDestination(request.to);
    const fault = await syncAll(run, from, { from, to });
    return { report: run.tally.report(), fault };
  } catch (error) {
    return { report: run.tally.report(), fault: toFault(error) };
  }
}

interface Ends {
  readonly from: OpenS3;
  readonly to: OpenS3;
}

/** Goes on with the other buckets when one cannot be mirrored; returns the first reason why one could not. */
async function syncAll(
  run: Run,
  source: ReturnType<typeof openSource>,
  ends: Ends,
): Promise<Fault | undefined> {
  const { work, request, tally } = run;
  work.report({ phase: "checking" });
  const there = (await listBuckets(source.client, source.target, work.signal)).map(({ name }) => name);
  let first: Fault | undefined;
  for (const bucket of request.buckets ?? there) {
    try {
      if (!there.includes(bucket)) throw new Fault("target.missing", `there is no bucket ${bucket}`);
      await syncOne(run, bucket, ends);
    } catch (error) {
      const fault = toFault(error);
      if (isFatal(fault) || work.signal.aborted) throw fault;
      tally.warn(`${bucket}: ${fault.message}`);
      first ??= fault;
    }
  }
  return first;
}

function isFatal(fault: Fault): boolean {
  return FATAL.some((code) => isFault(fault, code));
}

async function syncOne(run: Run, bucket: string, { from, to }: Ends): Promise<void> {
  const { work, request } = run;
  const place = placeFor(request.to, bucket);
  await ensureBucket(to, place.bucket, work.signal).catch((error: unknown) => {
    throw atDestination(error, `making the bucket ${place.bucket}`);
  });
  const mirroring: Mirroring = {
    from: { s3: from, bucket },
    to: { s3: to, ...place },
    origin: request.origin,
    signal: work.signal,
  };
  const failures = run.failures;
  const seen = await copyAll(run, mirroring);
  const failed = run.failures - failures;
  await settleExtras(run, mirroring, { ...seen, failed });
  if (failed === 0) return;
  throw new Fault("dump.incomplete", `${failed} objects of ${bucket} could not be copied`, {
    hint: "The report names them; the next run tries again.",
  });
}

interface Seen {
  readonly objects: number;
  /** Keys that are only at the destination. */
  readonly extras: readonly string[];
}

/** Resolves once both listings came to their end and nothing is under way any more. */
async function copyAll(run: Run, mirroring: Mirroring): Promise<Seen> {
  const { client } = mirroring.from.s3;
  const lanes = createLanes();
  const extras: string[] = [];
  let objects = 0;
  try {
    const source = listObjects({ client, bucket: mirroring.from.bucket, signal: mirroring.signal });
    for await (const pair of paired(source, listCopies(mirroring))) {
      mirroring.signal.throwIfAborted();
      const { source: one } = pair;
      if (one === undefined) {
        extras.push(pair.key);
        continue;
      }
      objects += 1;
      run.tally.seen(one);
      await settle(run, mirroring, { lanes, pair: { ...pair, source: one } });
    }
    await lanes.settled();
  } finally {
    await lanes.settled().catch(() => undefined);
  }
  return { objects, extras };
}

async function* listCopies({ to, signal }: Mirroring): AsyncGenerator<readonly Listed[]> {
  const listing = { client: to.s3.client, bucket: to.bucket, signal };
  try {
    for await (const page of listObjects({
      ...listing,
      ...(to.prefix === "" ? {} : { prefix: to.prefix }),
    })) {
      yield page.map((one) => ({ ...one, key: one.key.slice(to.prefix.length) }));
    }
  } catch (error) {
    throw atDestination(error, `listing ${to.bucket}`);
  }
}

interface Settling {
  readonly lanes: Lanes;
  readonly pair: Pair & { readonly source: Listed };
}

async function settle(run: Run, mirroring: Mirroring, { lanes, pair }: Settling): Promise<void> {
  const { bytes } = pair.source;
  await lanes.run(bytes <= SMALL_BYTES ? bytes : LARGE_WEIGHT, async () => {
    const why = await difference(mirroring, pair);
    if (why === undefined) return;
    const name = `${mirroring.from.bucket}/${pair.key}`;
    try {
      if (!(await copyObject(mirroring, pair.source))) return;
      run.tally.copied(name, why, bytes);
      run.work.report({ phase: "storing", bytes: run.tally.copiedBytes() });
    } catch (error) {
      const fault = toFault(error);
      run.tally.left(name, why, fault.message);
      run.failures += 1;
      if (isFatal(fault) || mirroring.signal.aborted || run.failures >= MOST_FAILURES) throw fault;
    }
  });
}

async function settleExtras(
  run: Run,
  mirroring: Mirroring,
  { objects, extras, failed }: Seen & { readonly failed: number },
): Promise<void> {
  const { tally, request, work } = run;
  const { bucket } = mirroring.from;
  const isRefused = objects === 0 && extras.length > 0;
  if (request.deletions === "mirror" && isRefused) {
    tally.warn(
      `${bucket} is empty and its mirror has ${extras.length} objects: nothing was deleted there. If that is meant, delete them by hand`,
    );
  }
  const lanes = createLanes();
  const deletes = request.deletions === "mirror" && !isRefused && failed === 0;
  try {
    for (const key of extras) {
      work.signal.throwIfAborted();
      if (deletes) await lanes.run(0, () => settleExtra(run, mirroring, key));
      else tally.left(`${bucket}/${key}`, "extra");
    }
    work.report({ phase: "cleaning", bytes: tally.copiedBytes() });
  } finally {
    await lanes.settled();
  }
}

async function settleExtra({ tally }: Run, mirroring: Mirroring, key: string): Promise<void> {
  const name = `${mirroring.from.bucket}/${key}`;
  const stays = await deleteExtra(mirroring, key);
  if (stays === undefined) tally.deleted(name);
  else tally.left(name, "extra", stays);
}
