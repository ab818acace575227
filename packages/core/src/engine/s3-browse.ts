import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import type { ByteRange } from "../host/host.ts";
import { Fault } from "../model/fault.ts";
import type {
  BrowsedBucket,
  BrowsedObject,
  BrowsedPage,
  BrowseRequest,
  ObjectBrowser,
  ObjectPlace,
  OpenedObject,
} from "./browser.ts";
import type { Reach } from "./engine.ts";
import { answerFault, bucketFault } from "./s3-faults.ts";
import { bare } from "./s3-fetch.ts";
import { type Bucket, type Listing, listBuckets, listObjects, unescaped } from "./s3-list.ts";
import { putDeletion, putStream } from "./s3-put.ts";
import type { BucketTarget } from "./s3-target.ts";
import { type OpenS3, openS3 } from "./s3-way.ts";

/** How long a person waits for sizes. */
const COUNTING_MS = 8_000;
const SEARCHED_AT_ONCE = 1000;
/** Keys that one answer of a search looks through at most. */
const SEARCHED_PAGES = 10;

/** Looks into the buckets of a resource, through its server. */
export function browseBuckets(reach: Reach<BucketTarget>): ObjectBrowser {
  const s3 = openS3(reach);
  const { signal, target } = reach;
  const own = (bucket: string): string => {
    if (target.buckets === undefined || target.buckets.includes(bucket)) return bucket;
    throw new Fault("not.found", `this resource has no bucket ${bucket}`);
  };
  const putting = ({ bucket }: ObjectPlace) => ({ s3, bucket: own(bucket), signal });
  return {
    buckets: async ({ after = "", limit } = {}) => {
      const all = await listBuckets(s3.client, target, signal);
      const following = all.filter(({ name }) => name > after).toSorted(byName);
      return await counted(s3, following.slice(0, limit), signal);
    },
    list: async (request) => {
      own(request.bucket);
      return request.search === undefined || request.search === ""
        ? await oneLevel(s3, request, signal)
        : await searched(s3, { ...request, search: request.search }, signal);
    },
    walk: ({ bucket, prefix }) => walked({ client: s3.client, bucket: own(bucket), signal, prefix }),
    read: async (place, range) =>
      await opened({ s3, signal }, { ...place, bucket: own(place.bucket) }, range),
    write: async (place, { type, bytes }) =>
      await putStream(putting(place), { key: place.key, traits: { "content-type": type } }, bytes),
    remove: async (place) => await putDeletion(putting(place), place),
    [Symbol.dispose]: () => s3[Symbol.dispose](),
  };
}

async function* walked(listing: Listing): AsyncGenerator<readonly BrowsedObject[]> {
  try {
    yield* listObjects(listing);
  } catch (error) {
    throw error instanceof Fault ? absentOr(error) : error;
  }
}

function byName(one: Bucket, other: Bucket): number {
  return one.name < other.name ? -1 : 1;
}

async function counted(
  s3: OpenS3,
  buckets: readonly Bucket[],
  signal: AbortSignal,
): Promise<readonly BrowsedBucket[]> {
  const late = AbortSignal.timeout(COUNTING_MS);
  return await Promise.all(
    buckets.map(async (bucket) => {
      try {
        return await countedBucket(s3, bucket, AbortSignal.any([signal, late]));
      } catch (error) {
        if (!late.aborted || signal.aborted) throw error;
        return { ...bucket, objects: null, bytes: null };
      }
    }),
  );
}

async function countedBucket(s3: OpenS3, bucket: Bucket, signal: AbortSignal): Promise<BrowsedBucket> {
  let objects = 0;
  let bytes = 0;
  for await (const page of listObjects({ client: s3.client, bucket: bucket.name, signal })) {
    objects += page.length;
    for (const object of page) bytes += object.bytes;
  }
  return { ...bucket, objects, bytes };
}

async function oneLevel(s3: OpenS3, request: BrowseRequest, signal: AbortSignal): Promise<BrowsedPage> {
  const page = await pageOf(s3, { ...request, delimiter: "/" }, signal);
  const folders = (page.CommonPrefixes ?? []).map(({ Prefix = "" }) => unescaped(Prefix, page.EncodingType));
  // The mark of the folder itself is no object in it.
  const objects = objectsOf(page).filter(({ key }) => key !== request.prefix);
  return { folders, objects, cursor: nextOf(page) };
}

async function searched(
  s3: OpenS3,
  request: BrowseRequest & { readonly search: string },
  signal: AbortSignal,
): Promise<BrowsedPage> {
  const wanted = request.search.toLowerCase();
  const found: BrowsedObject[] = [];
  let cursor = request.cursor;
  for (let pages = 0; pages < SEARCHED_PAGES && found.length < request.limit; pages += 1) {
    const from = cursor === undefined ? {} : { cursor };
    const { bucket, prefix } = request;
    const page = await pageOf(s3, { bucket, prefix, limit: SEARCHED_AT_ONCE, ...from }, signal);
    const below = objectsOf(page).filter(({ key }) =>
      key.slice(prefix.length).toLowerCase().includes(wanted),
    );
    found.push(...below);
    const next = nextOf(page);
    if (next === null) return { folders: [], objects: found, cursor: null };
    cursor = next;
  }
  return { folders: [], objects: found, cursor: cursor ?? null };
}

async function pageOf(
  s3: OpenS3,
  request: BrowseRequest & { readonly delimiter?: string },
  signal: AbortSignal,
): Promise<ListObjectsV2CommandOutput> {
  const { bucket, prefix, cursor, limit, delimiter } = request;
  const command = new ListObjectsV2Command({
    ...{ Bucket: bucket, Prefix: prefix, MaxKeys: limit, EncodingType: "url" },
    ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
    ...(cursor === undefined ? {} : { ContinuationToken: cursor }),
  });
  try {
    return await s3.client.send(command, { abortSignal: signal });
  } catch (error) {
    throw absentOr(bucketFault(error, `looking into ${bucket}`));
  }
}

function objectsOf(page: ListObjectsV2CommandOutput): BrowsedObject[] {
  return (page.Contents ?? []).map(({ Key = "", Size = 0, LastModified }) => ({
    key: unescaped(Key, page.EncodingType),
    bytes: Size,
    modifiedAt: LastModified ?? new Date(0),
  }));
}

function nextOf({ IsTruncated, NextContinuationToken }: ListObjectsV2CommandOutput): string | null {
  return IsTruncated === true ? (NextContinuationToken ?? null) : null;
}

async function opened(
  { s3, signal }: { readonly s3: OpenS3; readonly signal: AbortSignal },
  { bucket, key }: ObjectPlace,
  range: ByteRange | undefined,
): Promise<OpenedObject> {
  const what = `reading ${bucket}/${key}`;
  const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
  const answer = await s3.wire
    .ask({ method: "GET", bucket, key, headers }, signal)
    .catch((error: unknown) => {
      throw bucketFault(error, what);
    });
  if (answer.status !== 200 && answer.status !== 206) {
    const text = await answer.body.text();
    if (answer.status === 404) throw new Fault("not.found", `there is no object ${key} in ${bucket}`);
    throw answerFault(answer.status, text, what);
  }
  const bytes = Number(answer.headers["content-length"] ?? 0);
  const total = Number(/\/(\d+)$/.exec(answer.headers["content-range"] ?? "")?.[1] ?? bytes);
  return {
    ...{ key, bytes, totalBytes: total, content: answer.body },
    modifiedAt: new Date(answer.headers["last-modified"] ?? 0),
    etag: bare(answer.headers.etag ?? ""),
    contentType: answer.headers["content-type"] ?? "application/octet-stream",
  };
}

function absentOr(fault: Fault): Fault {
  return fault.code === "target.missing" ? new Fault("not.found", fault.message, { cause: fault }) : fault;
}
