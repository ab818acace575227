import {
  AbortMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
} from "@aws-sdk/client-s3";
import { bucketFault } from "../engine/s3-faults.ts";
import { bare, type Fetched, fetchLarge, fetchSmall, SMALL_BYTES } from "../engine/s3-fetch.ts";
import type { Listed } from "../engine/s3-list.ts";
import { putDeletion, putLarge, putSmall } from "../engine/s3-put.ts";
import type { Traits } from "../engine/s3-record.ts";
import type { OpenS3 } from "../engine/s3-way.ts";
import { Fault } from "../model/fault.ts";
import { s3Trouble } from "../s3/trouble.ts";
import type { Pair } from "./sync-bucket-pairs.ts";
import { atDestination } from "./sync-bucket-places.ts";
import type { Difference } from "./sync-bucket-report.ts";

/** One bucket on its way into its mirror. */
export interface Mirroring {
  readonly from: { readonly s3: OpenS3; readonly bucket: string };
  readonly to: { readonly s3: OpenS3; readonly bucket: string; readonly prefix: string };
  /** Who mirrors: of other's objects at the destination none is deleted. No spaces. */
  readonly origin: string;
  readonly signal: AbortSignal;
}

/** At a copy, what it was copied from: ETags do not survive an upload in parts of another size, nor an encryption by the provider. */
const MARK = "cofre-sync";

interface Mark {
  readonly origin: string;
  readonly etag: string;
  /** Seconds since 1970, as precise as every answer of S3 is. */
  readonly modified: string;
}

/** What differs, undefined when nothing does. Asks the destination only where two listings cannot tell. */
export async function difference(
  mirroring: Mirroring,
  { source, there }: Pair & { readonly source: Listed },
): Promise<Difference | undefined> {
  if (there === undefined) return "missing";
  if (there.bytes !== source.bytes) return "size";
  const isSameContent = bare(there.etag) !== "" && bare(there.etag) === bare(source.etag);
  if (isSameContent && there.modifiedAt >= source.modifiedAt) return undefined;
  const mark = await markAt(mirroring, source.key);
  if (mark?.etag === etagOf(source) && mark.modified === secondsOf(source)) return undefined;
  return isSameContent ? "properties" : "content";
}

/** Copies one object whole; until then its old copy stays what it is. False when it is gone from the source. */
export async function copyObject(mirroring: Mirroring, one: Listed): Promise<boolean> {
  const { from, to, signal } = mirroring;
  const fetching = { ...from, signal };
  const putting = { s3: to.s3, bucket: to.bucket, signal };
  const key = to.prefix + one.key;
  if (one.bytes <= SMALL_BYTES) {
    const small = await fetchSmall(fetching, one);
    if (small === undefined) return false;
    refuseItself(mirroring, one, small);
    const { whole } = small;
    if (whole !== undefined) {
      const named = { key, traits: marked(mirroring, small) };
      await at(`writing ${to.bucket}/${key}`, () => putSmall(putting, named, whole.body));
      return true;
    }
  }
  const large = await fetchLarge(fetching, one);
  if (large === undefined) return false;
  refuseItself(mirroring, one, large);
  const { bytes, modifiedAt, etag } = large;
  await dropCutUploads(mirroring, key);
  const recorded = { bucket: to.bucket, key, bytes, modifiedAt, etag, traits: marked(mirroring, large) };
  const current = { ordinal: 0, isLatest: true, isDeletion: false, versionId: null };
  const failed: { readonly error: unknown }[] = [];
  const chunks = async function* () {
    try {
      yield* large.chunks();
    } catch (error) {
      failed.push({ error });
      throw error;
    }
  };
  await putLarge(putting, { ...recorded, ...current }, chunks()).catch((error: unknown) => {
    // What broke while reading is no fault of the destination.
    throw failed[0]?.error ?? atDestination(error, `writing ${to.bucket}/${key}`);
  });
  return true;
}

/** A mirror in a folder of its own source would hold itself, and that one itself again. */
function refuseItself({ from, to, origin }: Mirroring, { key }: Listed, { traits }: Fetched): void {
  const isOwn = traits[`x-amz-meta-${MARK}`]?.startsWith(`${origin} `) === true;
  if (!isOwn || from.bucket !== to.bucket || to.prefix === "" || !key.startsWith(to.prefix)) return;
  throw new Fault("input.invalid", `the mirror lies in ${to.bucket}/${to.prefix}, inside its own source`, {
    hint: "Choose another bucket or another object store for it.",
  });
}

/** Why an object that is only at the destination stays there; undefined once it is deleted. */
export async function deleteExtra(mirroring: Mirroring, key: string): Promise<string | undefined> {
  const { from, to, origin, signal } = mirroring;
  if (await isThere(mirroring, key)) return `it is in ${from.bucket} after all: the listing had left it out`;
  const mark = await markAt(mirroring, key);
  if (mark?.origin !== origin) return "it was not written by this sync";
  const putting = { s3: to.s3, bucket: to.bucket, signal };
  await at(`deleting ${to.bucket}/${to.prefix}${key}`, () => putDeletion(putting, { key: to.prefix + key }));
  return undefined;
}

async function isThere({ from, signal }: Mirroring, key: string): Promise<boolean> {
  try {
    const head = new HeadObjectCommand({ Bucket: from.bucket, Key: key });
    await from.s3.client.send(head, { abortSignal: signal });
    return true;
  } catch (error) {
    if (s3Trouble(error) === "no-key") return false;
    throw bucketFault(error, `looking for ${from.bucket}/${key}`);
  }
}

async function markAt({ to, signal }: Mirroring, key: string): Promise<Mark | undefined> {
  const head = new HeadObjectCommand({ Bucket: to.bucket, Key: to.prefix + key });
  try {
    const { Metadata = {} } = await to.s3.client.send(head, { abortSignal: signal });
    const [origin, modified, ...etag] = (Metadata[MARK] ?? "").split(" ");
    if (origin === undefined || modified === undefined) return undefined;
    return { origin, modified, etag: etag.join(" ") };
  } catch (error) {
    if (s3Trouble(error) === "no-key") return undefined;
    throw atDestination(error, `looking for ${to.bucket}/${to.prefix}${key}`);
  }
}

function marked({ origin }: Mirroring, one: Fetched): Traits {
  return { ...one.traits, [`x-amz-meta-${MARK}`]: `${origin} ${secondsOf(one)} ${etagOf(one)}` };
}

function etagOf({ etag }: { readonly etag: string }): string {
  return bare(etag);
}

function secondsOf({ modifiedAt }: { readonly modifiedAt: Date }): string {
  return String(Math.floor(modifiedAt.getTime() / 1000));
}

/** Parts of this key that a killed run left: they cost space and show nowhere. Nobody else writes this key. */
async function dropCutUploads({ to, signal }: Mirroring, key: string): Promise<void> {
  const { client } = to.s3;
  await at(`looking for cut uploads of ${to.bucket}/${key}`, async () => {
    const asked = new ListMultipartUploadsCommand({ Bucket: to.bucket, Prefix: key });
    const { Uploads = [] } = await client.send(asked, { abortSignal: signal });
    for (const { Key, UploadId } of Uploads) {
      if (Key !== key) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket: to.bucket, Key, UploadId }));
    }
  });
}

async function at<Result>(what: string, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw atDestination(error, what);
  }
}
