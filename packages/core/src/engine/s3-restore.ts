import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  type ObjectIdentifier,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Reach, Restoration, RestoreRequest } from "./engine.ts";
import { bucketFault } from "./s3-faults.ts";
import { FORMAT } from "./s3-format.ts";
import { type Listing, listBuckets, listObjects, listVersions, versioningOf } from "./s3-list.ts";
import { type Loaded, loadBuckets } from "./s3-load.ts";
import type { RecordedBucket } from "./s3-record.ts";
import type { BucketTarget } from "./s3-target.ts";
import { type OpenS3, openS3 } from "./s3-way.ts";

const DELETE_AT_ONCE = 1000;
/** Source: S3, "Bucket naming rules"; what every provider takes. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

interface Parts {
  readonly reach: Reach<BucketTarget>;
  readonly request: RestoreRequest;
  /** What was written, by the name in the archive; undefined before. */
  loaded: ReadonlyMap<string, Loaded> | undefined;
  isDone: boolean;
  /** Buckets that were not there before. */
  readonly made: Set<string>;
  readonly warnings: string[];
}

/**
 * Restores buckets: objects are written over what is there, counted, and only then is removed what the archive does not have. Not in one
 * step: readers see old and new objects side by side meanwhile, and a failure leaves both.
 */
export function restoreBuckets(reach: Reach<BucketTarget>, request: RestoreRequest): Restoration {
  const parts: Parts = { reach, request, loaded: undefined, isDone: false, made: new Set(), warnings: [] };
  const withS3 = async <Result>(work: (s3: OpenS3) => Promise<Result>): Promise<Result> => {
    using s3 = openS3(reach);
    try {
      return await work(s3);
    } catch (error) {
      throw bucketFault(error, "restoring the buckets");
    }
  };
  return {
    check: () => withS3((s3) => check(parts, s3)),
    present: () => withS3((s3) => present(parts, s3)),
    prepare: () => withS3((s3) => prepare(parts, s3)),
    load: {
      via: "stream",
      drain: (dump, signal) =>
        withS3(async (s3) => {
          const into = new Map(request.units.map((unit) => [unit.from, unit.into]));
          parts.loaded = await loadBuckets(dump, {
            ...{ s3, into, signal },
            onBucket: (bucket, versioning) =>
              keepVersions(parts, { client: s3.client, bucket, signal }, versioning),
          });
          return "";
        }),
    },
    loaded: () => withS3((s3) => count(parts, s3)),
    commit: () => withS3((s3) => commit(parts, s3)),
    stage: async () => (parts.isDone ? "switched" : "absent"),
    abort: async () => undefined,
    undo: async () => undefined,
    drop: async () => undefined,
    warnings: () => parts.warnings,
  };
}

async function check({ reach, request }: Parts, s3: OpenS3): Promise<void> {
  if (request.format.name !== FORMAT.name) {
    throw new Fault("engine.unsupported", `buckets cannot be restored from ${request.format.name}`, {
      hint: "Choose a backup of buckets.",
    });
  }
  for (const { from, into } of request.units) {
    if (!request.facts.some(({ name }) => name === from)) {
      throw new Fault("input.invalid", `the backup has no bucket ${from}`);
    }
    const isTwice = request.units.filter((unit) => unit.into === into).length > 1;
    if (BUCKET_NAME.test(into) && !isTwice) continue;
    throw new Fault("input.invalid", `${into} cannot be the name of one bucket`, {
      hint: "Choose 3 to 63 lower-case letters, digits, dots and hyphens, another for each bucket.",
    });
  }
  await listBuckets(s3.client, {}, reach.signal);
}

async function present(
  { reach, request }: Pick<Parts, "reach" | "request">,
  s3: OpenS3,
): Promise<readonly string[]> {
  const there = (await listBuckets(s3.client, {}, reach.signal)).map(({ name }) => name);
  return request.units.map(({ into }) => into).filter((name) => there.includes(name));
}

async function prepare({ request, reach, made }: Parts, s3: OpenS3): Promise<void> {
  const there = await present({ reach, request }, s3);
  for (const { into } of request.units) {
    if (there.includes(into)) continue;
    await createBucket({ client: s3.client, bucket: into, signal: reach.signal });
    made.add(into);
  }
}

type Versioning = RecordedBucket["versioning"];

async function keepVersions(
  { made, warnings }: Parts,
  listing: Listing,
  versioning: Versioning,
): Promise<void> {
  if (versioning === "off" || (await versioningOf(listing)) === "on") return;
  await setVersioning(listing, "Enabled");
  if (!made.has(listing.bucket)) {
    warnings.push(`versions are now kept in ${listing.bucket}, because the backup has some of its objects`);
  }
}

async function createBucket({ client, bucket, signal }: Listing): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }), { abortSignal: signal });
  } catch (error) {
    if (error instanceof Error && error.name === "BucketAlreadyOwnedByYou") return;
    throw bucketFault(error, `making the bucket ${bucket}`);
  }
}

async function setVersioning(
  { client, bucket, signal }: Listing,
  Status: "Enabled" | "Suspended",
): Promise<void> {
  const command = new PutBucketVersioningCommand({
    Bucket: bucket,
    VersioningConfiguration: { Status },
  });
  await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw bucketFault(error, `keeping versions in ${bucket}`);
  });
}

/** Looks at the target itself: how many of the objects that were written are there, and how large they are. */
async function count({ reach, request, loaded }: Parts, s3: OpenS3): Promise<readonly UnitFacts[]> {
  const found: UnitFacts[] = [];
  for (const { from, into } of request.units) {
    const wrote = loaded?.get(from);
    if (wrote === undefined) throw new Fault("restore.mismatch", `the archive has no bucket ${from}`);
    const counts = { objects: 0, bytes: 0, versions: wrote.facts.counts.versions ?? 0 };
    for await (const page of listObjects({ client: s3.client, bucket: into, signal: reach.signal })) {
      const own = page.filter(({ key }) => wrote.keys.has(key));
      counts.objects += own.length;
      counts.bytes += own.reduce((sum, { bytes }) => sum + bytes, 0);
    }
    found.push({ ...wrote.facts, name: into, counts });
  }
  return found;
}

/** Deletions come last, when everything else is known to be there. */
async function commit(parts: Parts, s3: OpenS3): Promise<void> {
  const { reach, request, loaded } = parts;
  for (const { from, into } of request.units) {
    const wrote = loaded?.get(from);
    if (wrote === undefined) throw new Fault("bug", "a restore was to be finished before it was loaded");
    const listing = { client: s3.client, bucket: into, signal: reach.signal };
    if ((request.mode ?? "mirror") === "mirror") await removeOthers(listing, wrote);
    if (wrote.versioning === "suspended") await setVersioning(listing, "Suspended");
  }
  parts.isDone = true;
}

async function removeOthers(listing: Listing, wrote: Loaded): Promise<void> {
  const others = wrote.versioning === "off" ? otherObjects(listing, wrote) : otherVersions(listing, wrote);
  let batch: ObjectIdentifier[] = [];
  for await (const some of others) {
    batch.push(...some);
    if (batch.length < DELETE_AT_ONCE) continue;
    await remove(listing, batch);
    batch = [];
  }
  await remove(listing, batch);
}

async function* otherObjects(listing: Listing, { keys }: Loaded): AsyncGenerator<ObjectIdentifier[]> {
  for await (const page of listObjects(listing)) {
    yield page.filter(({ key }) => !keys.has(key)).map(({ key }) => ({ Key: key }));
  }
}

/** Versions that were there before: all but the newest so many of each key that the archive has. */
async function* otherVersions(listing: Listing, { keys }: Loaded): AsyncGenerator<ObjectIdentifier[]> {
  for await (const page of listVersions(listing)) {
    const left = new Map<string, number>();
    const old: ObjectIdentifier[] = [];
    for (const { key, version } of page.toReversed()) {
      const keep = left.get(key) ?? keys.versions(key);
      left.set(key, keep - 1);
      if (keep <= 0) old.push({ Key: key, VersionId: version?.id });
    }
    yield old;
  }
}

async function remove({ client, bucket, signal }: Listing, batch: ObjectIdentifier[]): Promise<void> {
  for (let from = 0; from < batch.length; from += DELETE_AT_ONCE) {
    const Objects = batch.slice(from, from + DELETE_AT_ONCE);
    const { Errors = [] } = await client
      .send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }), {
        abortSignal: signal,
      })
      .catch((error: unknown) => {
        throw bucketFault(error, `removing what the backup does not have from ${bucket}`);
      });
    const [first] = Errors;
    if (first !== undefined) {
      throw new Fault(
        "restore.failed",
        `${Errors.length} objects of ${bucket} could not be removed: ${first.Key ?? ""} ${first.Code ?? ""}`,
        { hint: "Look whether they are locked; everything of the backup is there." },
      );
    }
  }
}
