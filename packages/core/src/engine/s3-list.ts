import {
  GetBucketVersioningCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { s3Trouble } from "../s3/trouble.ts";
import { bucketFault } from "./s3-faults.ts";
import type { BucketTarget } from "./s3-target.ts";

/** One thing to be read: an object, one of its versions, or the mark that it was deleted. */
export interface Listed {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  readonly etag: string;
  /** Where versions are kept. */
  readonly version?: { readonly id: string; readonly isLatest: boolean; readonly isDeletion: boolean };
}

export interface Bucket {
  readonly name: string;
  readonly createdAt: Date | null;
}

/** A bucket to be listed, and who asks. */
export interface Listing {
  readonly client: S3Client;
  readonly bucket: string;
  readonly signal: AbortSignal;
  /** Only keys that begin with it. */
  readonly prefix?: string;
}

/** All buckets of the resource: those it names, else all that its keys may list. Throws `target.*`. */
export async function listBuckets(
  client: S3Client,
  { buckets }: Pick<BucketTarget, "buckets">,
  signal: AbortSignal,
): Promise<readonly Bucket[]> {
  try {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}), { abortSignal: signal });
    const all = Buckets.flatMap(({ Name, CreationDate }) =>
      Name === undefined ? [] : [{ name: Name, createdAt: CreationDate ?? null }],
    );
    return buckets === undefined ? all : all.filter(({ name }) => buckets.includes(name));
  } catch (error) {
    const fault = bucketFault(error, "listing the buckets");
    // A key that may only see its own buckets is told which they are.
    if (fault.code !== "target.permission" || buckets === undefined) throw fault;
    return buckets.map((name) => ({ name, createdAt: null }));
  }
}

/**
 * Whether a bucket keeps versions, or once did; "untold" where the key may not ask. A provider that knows no versions has none. What
 * cannot be answered now is a fault: taken for "off", it would leave out versions and call the backup complete.
 */
export async function versioningOf({
  client,
  bucket,
  signal,
}: Listing): Promise<"off" | "on" | "suspended" | "untold"> {
  try {
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }), {
      abortSignal: signal,
    });
    if (Status === undefined) return "off";
    return Status === "Enabled" ? "on" : "suspended";
  } catch (error) {
    if (knowsNoVersions(error)) return "off";
    const fault = bucketFault(error, `asking ${bucket} for its versions`);
    if (fault.code === "target.permission") return "untold";
    throw fault;
  }
}

function knowsNoVersions(error: unknown): boolean {
  if (s3Trouble(error) === "not-implemented") return true;
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 405;
}

/** All objects as they are now, page by page, the next page asked for while one is read. */
export async function* listObjects(listing: Listing): AsyncGenerator<readonly Listed[]> {
  const { client, bucket, signal, prefix } = listing;
  const ask = async (token: string | undefined): Promise<ListObjectsV2CommandOutput> => {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      EncodingType: "url",
      ...(prefix === undefined ? {} : { Prefix: prefix }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    try {
      return await client.send(command, { abortSignal: signal });
    } catch (error) {
      throw bucketFault(error, `listing ${bucket}`);
    }
  };
  let next: Promise<ListObjectsV2CommandOutput> | undefined = ask(undefined);
  while (next !== undefined) {
    const page: ListObjectsV2CommandOutput = await next;
    const { NextContinuationToken: token } = page;
    next = page.IsTruncated === true && token !== undefined ? ask(token) : undefined;
    next?.catch(() => undefined);
    yield (page.Contents ?? []).map(({ Key = "", Size = 0, LastModified, ETag = "" }) => ({
      key: unescaped(Key, page.EncodingType),
      bytes: Size,
      modifiedAt: LastModified ?? new Date(0),
      etag: ETag,
    }));
  }
}

/** All versions and deletions, those of one key together and the oldest first. */
export async function* listVersions(listing: Listing): AsyncGenerator<readonly Listed[]> {
  let held: Listed[] = [];
  for await (const page of versionPages(listing)) {
    const sorted = [...page].sort(byKeyNewestFirst);
    const all = [...held, ...sorted];
    const last = all.at(-1)?.key;
    held = all.filter(({ key }) => key === last);
    yield oldestFirst(all.slice(0, all.length - held.length));
  }
  yield oldestFirst(held);
}

async function* versionPages({ client, bucket, signal }: Listing): AsyncGenerator<readonly Listed[]> {
  let from: Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker"> | undefined = {};
  while (from !== undefined) {
    const command = new ListObjectVersionsCommand({ Bucket: bucket, EncodingType: "url", ...from });
    const page: ListObjectVersionsCommandOutput = await client
      .send(command, { abortSignal: signal })
      .catch((error: unknown) => {
        throw bucketFault(error, `listing the versions of ${bucket}`);
      });
    const versions = (page.Versions ?? []).map((one) => ({ ...one, isDeletion: false }));
    const deletions = (page.DeleteMarkers ?? []).map((one) => ({
      ...one,
      Size: 0,
      ETag: "",
      isDeletion: true,
    }));
    yield [...versions, ...deletions].map((one) => ({
      key: unescaped(one.Key ?? "", page.EncodingType),
      bytes: one.Size ?? 0,
      modifiedAt: one.LastModified ?? new Date(0),
      etag: one.ETag ?? "",
      version: {
        id: one.VersionId ?? "null",
        isLatest: one.IsLatest === true,
        isDeletion: one.isDeletion,
      },
    }));
    from =
      page.IsTruncated === true
        ? {
            KeyMarker: unescaped(page.NextKeyMarker ?? "", page.EncodingType),
            ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
          }
        : undefined;
  }
}

/** Versions and deletions come in two lists: one order for both, the latest of a key in front whatever the clock says. */
function byKeyNewestFirst(one: Listed, other: Listed): number {
  const keys = Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));
  if (keys !== 0) return keys;
  const latest = Number(other.version?.isLatest ?? false) - Number(one.version?.isLatest ?? false);
  return latest === 0 ? other.modifiedAt.getTime() - one.modifiedAt.getTime() : latest;
}

/** Turns the versions of each key around. */
function oldestFirst(newestFirst: readonly Listed[]): readonly Listed[] {
  const turned: Listed[] = [];
  for (let end = 0, start = 0; start < newestFirst.length; start = end) {
    const key = newestFirst[start]?.key;
    while (end < newestFirst.length && newestFirst[end]?.key === key) end += 1;
    turned.push(...newestFirst.slice(start, end).toReversed());
  }
  return turned;
}

/** Keys are asked for in URL encoding, because XML cannot carry every key. */
export function unescaped(text: string, encoding: string | undefined): string {
  return encoding === "url" ? decodeURIComponent(text.replaceAll("+", " ")) : text;
}
