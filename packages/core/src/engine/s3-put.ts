import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Fault, isFault } from "../model/fault.ts";
import { answerFault, bucketFault } from "./s3-faults.ts";
import { bare } from "./s3-fetch.ts";
import type { Recorded, Traits } from "./s3-record.ts";
import type { OpenS3 } from "./s3-way.ts";
import { asLatin1 } from "./s3-wire.ts";

const TRIES = 3;
const FIRST_PAUSE_MS = 200;
/** Of 10,000 parts at most, 5 MiB at least. Source: S3, "Multipart upload limits". */
const SMALLEST_PART = 16 << 20;
const MOST_PARTS = 9_500;

/** Where objects are written to. */
export interface Putting {
  readonly s3: OpenS3;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

/** Writes a small object whole. Rejects unless the store says it has these very bytes. */
export async function putSmall(putting: Putting, one: Named, body: Buffer): Promise<void> {
  const { s3, bucket, signal } = putting;
  const what = `writing ${bucket}/${one.key}`;
  const sha256 = hash("sha256", body);
  await again(putting, what, async () => {
    const headers = Object.fromEntries(
      Object.entries(one.traits).map(([name, value]) => [name, asLatin1(value)]),
    );
    const answer = await s3.wire.ask({ method: "PUT", bucket, key: one.key, headers, body, sha256 }, signal);
    const text = await answer.body.text();
    if (answer.status !== 200) throw answerFault(answer.status, text, what);
    const etag = bare(answer.headers.etag ?? "");
    const isPlain = answer.headers["x-amz-server-side-encryption"] === undefined;
    if (isPlain && /^[0-9a-f]{32}$/.test(etag) && etag !== hash("md5", body)) {
      throw new Fault("restore.failed", `${what}: the object store keeps other bytes than were sent`, {
        hint: "Look at the health of the object store, then restore again.",
      });
    }
  });
}

/** Marks a key as deleted, as a version of its own. */
export async function putDeletion(putting: Putting, one: Pick<Recorded, "key">): Promise<void> {
  const { s3, bucket, signal } = putting;
  const what = `deleting ${bucket}/${one.key}`;
  await again(putting, what, async () => {
    const answer = await s3.wire.ask({ method: "DELETE", bucket, key: one.key }, signal);
    const text = await answer.body.text();
    if (answer.status !== 204 && answer.status !== 200) throw answerFault(answer.status, text, what);
  });
}

/** What is written: its key and traits. */
type Named = Pick<Recorded, "key" | "traits">;

/** Writes an object of unknown size: whole when it is small, else in parts. Resolves with its size. */
export async function putStream(
  putting: Putting,
  one: Named,
  source: AsyncIterable<Buffer>,
): Promise<{ readonly bytes: number }> {
  let bytes = 0;
  const parts = partsOf(source, SMALLEST_PART);
  const first = await parts.next();
  const head = first.done === true ? Buffer.alloc(0) : first.value;
  if (head.length < SMALLEST_PART) {
    await putSmall(putting, one, head);
    return { bytes: head.length };
  }
  const all = async function* () {
    bytes = head.length;
    yield head;
    for await (const part of parts) {
      bytes += part.length;
      yield part;
    }
  };
  await putInParts(putting, one, all());
  return { bytes };
}

/** Writes a large object in parts as its bytes come, one part in memory; on any failure no part is left behind. */
export async function putLarge(putting: Putting, one: Recorded, bytes: AsyncIterable<Buffer>): Promise<void> {
  await putInParts(putting, one, partsOf(bytes, partBytes(one.bytes)));
}

async function putInParts(putting: Putting, one: Named, parts: AsyncIterable<Buffer>): Promise<void> {
  const { s3, bucket } = putting;
  const place = { Bucket: bucket, Key: one.key };
  const what = `writing ${bucket}/${one.key}`;
  const send = s3.client;
  const { UploadId } = await send
    .send(new CreateMultipartUploadCommand({ ...place, ...inputOf(one.traits) }), {
      abortSignal: putting.signal,
    })
    .catch((error: unknown) => {
      throw bucketFault(error, what);
    });
  const upload = { ...place, UploadId };
  try {
    const Parts = await putParts(putting, upload, parts);
    await send.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }), {
      abortSignal: putting.signal,
    });
  } catch (error) {
    await send.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw bucketFault(error, what);
  }
}

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

async function putParts(
  { s3, signal }: Putting,
  upload: Upload,
  parts: AsyncIterable<Buffer>,
): Promise<{ readonly PartNumber: number; readonly ETag: string | undefined }[]> {
  const done: { PartNumber: number; ETag: string | undefined }[] = [];
  for await (const body of parts) {
    const PartNumber = done.length + 1;
    const ContentMD5 = hash("md5", body, "base64");
    const command = new UploadPartCommand({ ...upload, PartNumber, Body: body, ContentMD5 });
    const { ETag } = await s3.client.send(command, { abortSignal: signal });
    done.push({ PartNumber, ETag });
  }
  return done;
}

function partBytes(bytes: number): number {
  return Math.max(SMALLEST_PART, Math.ceil(bytes / MOST_PARTS));
}

async function* partsOf(bytes: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let have = 0;
  for await (const chunk of bytes) {
    for (let rest = chunk; rest.length > 0; ) {
      const part = rest.subarray(0, size - have);
      rest = rest.subarray(part.length);
      held.push(part);
      have += part.length;
      if (have < size) continue;
      yield Buffer.concat(held);
      held = [];
      have = 0;
    }
  }
  if (have > 0) yield Buffer.concat(held);
}

const FIELDS: Readonly<Record<string, string>> = {
  "content-type": "ContentType",
  "cache-control": "CacheControl",
  "content-disposition": "ContentDisposition",
  "content-encoding": "ContentEncoding",
  "content-language": "ContentLanguage",
  "x-amz-website-redirect-location": "WebsiteRedirectLocation",
  "x-amz-tagging": "Tagging",
};

/** Traits in the words of the SDK. */
function inputOf(traits: Traits): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(traits)) {
    const field = FIELDS[name];
    if (field !== undefined) input[field] = value;
    else if (name === "expires") input.Expires = new Date(value);
    else metadata[name.slice("x-amz-meta-".length)] = asLatin1(value);
  }
  return { ...input, Metadata: metadata };
}

async function again(putting: Putting, what: string, put: () => Promise<void>): Promise<void> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await put();
    } catch (error) {
      const fault = bucketFault(error, what);
      if (putting.signal.aborted || !isFault(fault, "target.unreachable") || failures >= TRIES) throw fault;
      await sleep(FIRST_PAUSE_MS * 3 ** (failures - 1), undefined, { signal: putting.signal });
    }
  }
}
