import type { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from "@aws-sdk/client-s3";
import type { ByteRange } from "../host/host.ts";
import { Fault, isFault } from "../model/fault.ts";
import { calling, objectKey, type S3Place, storeFault } from "./s3-place.ts";

/**
 * The object under a key, undefined when there is none. HEAD answers 404 for a bucket that is not there too, and that must never
 * look like a backup that is gone.
 */
export async function headOf(
  place: S3Place,
  key: string,
  signal?: AbortSignal,
): Promise<HeadObjectCommandOutput | undefined> {
  const { client, bucket } = place;
  try {
    return await calling(place, { attempted: `looking at ${key}`, signal }, (options) =>
      client.send(new HeadObjectCommand({ Bucket: bucket, Key: objectKey(place, key) }), options),
    );
  } catch (error) {
    if (!isFault(error, "archive.missing")) throw error;
    await checkBucket(place, signal);
    return undefined;
  }
}

/** @throws Fault `store.unavailable` when the bucket is not there; a key that may not ask this is believed */
async function checkBucket(place: S3Place, signal: AbortSignal | undefined): Promise<void> {
  try {
    await calling(place, { attempted: "looking for the bucket", signal }, (options) =>
      place.client.send(new HeadBucketCommand({ Bucket: place.bucket }), options),
    );
  } catch (error) {
    if (isFault(error, "archive.missing")) throw noBucket(place);
    if (!isFault(error) || error.context.trouble !== "refused") throw error;
  }
}

function noBucket({ name, bucket }: S3Place): Fault {
  return new Fault("store.unavailable", `there is no bucket ${bucket} where ${name} should be`, {
    hint: "Make the bucket, or correct its name, the region or the path style.",
  });
}

/**
 * Removes an object for good: in a bucket that keeps versions, the version itself and not only its name.
 *
 * @throws Fault `state.conflict` while it is locked
 */
export async function removeObject(place: S3Place, key: string, signal?: AbortSignal): Promise<void> {
  const there = await headOf(place, key, signal);
  if (there === undefined) return;
  const until = lockOf(place, there);
  if (until !== undefined) throw locked(place, key, until);
  const { VersionId } = there;
  const version = VersionId === undefined || VersionId === "null" ? {} : { VersionId };
  await calling(place, { attempted: `removing ${key}`, signal }, (options) =>
    place.client.send(
      new DeleteObjectCommand({ Bucket: place.bucket, Key: objectKey(place, key), ...version }),
      options,
    ),
  );
}

/** Until when an object is locked, undefined when it is not any more. */
export function lockOf({ now }: S3Place, there: HeadObjectCommandOutput | undefined): Date | undefined {
  const until = there?.ObjectLockRetainUntilDate;
  return until !== undefined && until > now() ? until : undefined;
}

function locked({ name }: S3Place, key: string, until: Date): Fault {
  return new Fault("state.conflict", `${key} in ${name} is locked until ${until.toISOString()}`, {
    hint: "Wait until the lock has ended: that nobody can remove it earlier is what the lock is for.",
    context: { lockedUntil: until.toISOString() },
  });
}

interface Reading {
  readonly range?: ByteRange;
  readonly signal?: AbortSignal;
}

/** The object's bytes. Throws, never merely ends, when fewer or more come than S3 promised or the range asked. */
export async function* bytesOf(
  place: S3Place,
  key: string,
  { range, signal }: Reading,
): AsyncGenerator<Buffer> {
  const call = { attempted: `reading ${key}`, signal };
  const answer = await calling(place, call, (options) =>
    place.client.send(
      new GetObjectCommand({
        Bucket: place.bucket,
        Key: objectKey(place, key),
        ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }),
      }),
      options,
    ),
  );
  // checked: in Node the body of an answer is a stream
  const body = answer.Body as Readable | undefined;
  const expected = range === undefined ? answer.ContentLength : range.end - range.start + 1;
  let got = 0;
  try {
    if (range !== undefined && answer.ContentLength !== expected)
      throw short(place, key, answer.ContentLength);
    for await (const chunk of body ?? []) {
      got += chunk.length;
      yield chunk;
    }
    if (expected !== undefined && got !== expected) throw short(place, key, got);
  } catch (error) {
    throw storeFault(place, call, error);
  } finally {
    body?.destroy();
  }
}

function short({ name }: S3Place, key: string, got: number | undefined): Fault {
  return new Fault(
    "store.unavailable",
    `${name} gave ${got ?? "no"} bytes of ${key}, and others were asked for`,
    {
      hint: "Validate the backup; if it is whole, look at the connection to the store.",
    },
  );
}
