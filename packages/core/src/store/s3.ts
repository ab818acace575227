import { Readable } from "node:stream";
import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { Fault } from "../model/fault.ts";
import { connectS3, type S3Target } from "../s3/connect.ts";
import { checkKey, checkPrefix, isHidden } from "./key.ts";
import { bytesOf, headOf, lockOf, removeObject } from "./s3-objects.ts";
import { calling, type S3Lock, type S3Place } from "./s3-place.ts";
import { putToS3 } from "./s3-put.ts";
import { abortUploadsOf, sweepUploads } from "./s3-sweep.ts";
import { checksOf } from "./s3-trial.ts";
import type { Store, StoredObject } from "./store.ts";

export interface S3StoreConfig {
  readonly target: S3Target;
  readonly bucket: string;
  /** A folder of the bucket; all of it when empty. */
  readonly prefix?: string;
  /** `STANDARD_IA`, `GLACIER_IR`; the bucket's own unless given. */
  readonly storageClass?: string;
  /** Needs a bucket that was made with Object Lock. */
  readonly lock?: S3Lock;
  readonly now?: () => Date;
}

type Reach = NonNullable<Parameters<typeof connectS3>[1]>;

/**
 * Archives as objects of a bucket. Close it once it is not needed any more.
 *
 * Two puts of one key at the same moment: where the provider honours `If-None-Match` (AWS, MinIO), one of them wins; elsewhere the
 * key is only looked for before a put begins and after it ended.
 *
 * @throws Fault `input.invalid` when endpoint, bucket or prefix are none
 */
export function s3Store(config: S3StoreConfig, reach: Reach = {}): Store & Disposable {
  const place = placeOf(config, reach);
  const sweep = sweepUploads(place);
  return {
    name: place.name,
    async put(key, source, signal = new AbortController().signal) {
      try {
        checkKey(key);
        await sweep();
        return await putToS3(place, { key, source, signal });
      } finally {
        source.destroy();
      }
    },
    get: (key, options = {}) => reading(place, key, options),
    async stat(key) {
      checkKey(key);
      const found = await headOf(place, key);
      if (found === undefined) return undefined;
      return { key, bytes: found.ContentLength ?? 0, modifiedAt: found.LastModified ?? new Date(0) };
    },
    list: (prefix) => listUnder(place, prefix),
    async lockedUntil(key) {
      checkKey(key);
      return lockOf(place, await headOf(place, key));
    },
    async remove(key) {
      checkKey(key);
      await removeObject(place, key);
      await abortUploadsOf(place, key);
    },
    space: async () => undefined,
    checks: checksOf(place),
    [Symbol.dispose]: () => place.client.destroy(),
  };
}

function placeOf(
  { target, bucket, prefix = "", storageClass, lock, now }: S3StoreConfig,
  reach: Reach,
): S3Place {
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket)) {
    throw new Fault("input.invalid", `${JSON.stringify(bucket)} is no name of a bucket`);
  }
  checkPrefix(prefix);
  const folder = prefix === "" ? "" : `${prefix}/`;
  return {
    client: connectS3(target, reach),
    name: `s3://${bucket}${folder === "" ? "" : `/${prefix}`}`,
    bucket,
    prefix: folder,
    storageClass,
    lock,
    now: now ?? (() => new Date()),
  };
}

function reading(place: S3Place, key: string, options: NonNullable<Parameters<Store["get"]>[1]>): Readable {
  const gone = new AbortController();
  const given = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([...given, gone.signal]);
  async function* checked() {
    checkKey(key);
    yield* bytesOf(place, key, { ...options, signal });
  }
  const stream = Readable.from(checked(), { objectMode: false });
  // A generator that waits for a silent store hears of its reader's end only with the next byte.
  stream.once("close", () => gone.abort());
  return stream;
}

async function* listUnder(place: S3Place, prefix: string): AsyncGenerator<StoredObject> {
  checkPrefix(prefix);
  const folder = place.prefix + (prefix === "" ? "" : `${prefix}/`);
  for await (const page of pagesOf(place, folder)) {
    for (const { Key = "", Size, LastModified } of page.Contents ?? []) {
      const key = named(page, Key).slice(place.prefix.length);
      if (isShown(key)) yield { key, bytes: Size ?? 0, modifiedAt: LastModified ?? new Date(0) };
    }
  }
}

async function* pagesOf(place: S3Place, folder: string): AsyncGenerator<ListObjectsV2CommandOutput> {
  let token: string | undefined;
  do {
    const page = await pageOf(place, folder, token);
    yield page;
    token = page.NextContinuationToken;
    if (page.IsTruncated !== true) return;
  } while (token !== undefined);
  throw new Fault("store.unavailable", `${place.name} broke its listing off without saying where`);
}

async function pageOf(place: S3Place, folder: string, token: string | undefined) {
  return await calling(place, { attempted: "listing" }, () =>
    place.client.send(
      new ListObjectsV2Command({
        Bucket: place.bucket,
        Prefix: folder,
        // Names that XML cannot carry arrive escaped.
        EncodingType: "url",
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    ),
  );
}

function named(page: ListObjectsV2CommandOutput, key: string): string {
  return page.EncodingType === "url" ? decodeURIComponent(key.replaceAll("+", " ")) : key;
}

/** Other programs' objects may lie beside ours, under names that no store of Cofre has: those of folders, for one. */
function isShown(key: string): boolean {
  if (isHidden(key)) return false;
  try {
    checkKey(key);
    return true;
  } catch {
    return false; // input.invalid
  }
}
