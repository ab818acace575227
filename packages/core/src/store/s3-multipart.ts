import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  NoSuchUpload,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Fault } from "../model/fault.ts";
import { inFlightBeside, type Part } from "./s3-parts.ts";
import { calling } from "./s3-place.ts";
import { type Sample, sampleOf } from "./s3-samples.ts";
import { checkEtag, claiming, type Sent, type Writing } from "./s3-writing.ts";

export interface Parts {
  readonly first: Part;
  readonly rest: AsyncIterable<Part>;
  /** Ends the reading and all that is under way. */
  readonly stop: AbortController;
}

interface SentPart {
  readonly number: number;
  readonly etag: string;
  readonly md5: Buffer;
}

interface Upload {
  readonly writing: Writing;
  readonly id: string;
  readonly sent: SentPart[];
  readonly samples: Sample[];
  bytes: number;
}

const CLEANING_MS = 30_000;
const BEGINNING_MS = 5_000;
/** A part that was under way when its upload was aborted may outlive that: S3 itself advises to abort again. */
const FORGETTING_PAUSES_MS = [0, 100, 400, 1600];

/** Sends a stream in parts, several at once, and joins them; on any failure S3 is told to forget the parts. */
export async function sendInParts(writing: Writing, parts: Parts): Promise<Sent> {
  const upload = await begin(writing);
  const inFlight = new Set<Promise<void>>();
  try {
    for await (const part of allOf(parts)) {
      const sending = sendPart(upload, part).finally(() => inFlight.delete(sending));
      sending.catch((error: unknown) => parts.stop.abort(error));
      inFlight.add(sending);
      while (inFlight.size > inFlightBeside(part.number + 1)) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
    return await join(upload);
  } catch (error) {
    parts.stop.abort(error);
    await Promise.allSettled(inFlight);
    await forget(upload);
    throw error;
  }
}

async function* allOf({ first, rest }: Parts): AsyncGenerator<Part> {
  yield first;
  yield* rest;
}

/** An upload whose id never came cannot be forgotten again: a cancel waits a while for the answer that brings it. */
async function begin(writing: Writing): Promise<Upload> {
  const { place, key, signal, input } = writing;
  signal.throwIfAborted();
  const patience = new AbortController();
  const onAbort = () => void setTimeout(() => patience.abort(signal.reason), BEGINNING_MS).unref();
  signal.addEventListener("abort", onAbort, { once: true });
  const call = { attempted: `beginning ${key}`, signal: patience.signal };
  const { UploadId: id } = await calling(place, call, (options) =>
    place.client.send(new CreateMultipartUploadCommand(input), options),
  ).finally(() => signal.removeEventListener("abort", onAbort));
  if (id === undefined) throw new Fault("store.unavailable", `${place.name} began an upload without an id`);
  return { writing, id, sent: [], samples: [], bytes: 0 };
}

async function sendPart(upload: Upload, { number, bytes, release }: Part): Promise<void> {
  const { place, key, signal, input } = upload.writing;
  const md5 = createHash("md5").update(bytes).digest();
  upload.samples.push(sampleOf(bytes, upload.bytes));
  upload.bytes += bytes.length;
  const answer = await calling(place, { attempted: `sending part ${number} of ${key}`, signal }, (options) =>
    place.client.send(
      new UploadPartCommand({
        Bucket: input.Bucket,
        Key: input.Key,
        UploadId: upload.id,
        PartNumber: number,
        Body: bytes,
        ContentMD5: md5.toString("base64"),
      }),
      options,
    ),
  );
  if (answer.ETag === undefined) {
    throw new Fault("store.unavailable", `${place.name} took part ${number} of ${key} without an ETag`);
  }
  const isPlain = answer.ServerSideEncryption === undefined || answer.ServerSideEncryption === "AES256";
  if (isPlain) checkEtag(place, { key, etag: answer.ETag, mustBe: md5.toString("hex") });
  upload.sent.push({ number, etag: answer.ETag, md5 });
  release();
}

async function join({ writing, id, sent, samples, bytes }: Upload): Promise<Sent> {
  const { place, key, signal, input } = writing;
  const inOrder = sent.toSorted((a, b) => a.number - b.number);
  await claiming(writing, (claim) =>
    calling(place, { attempted: `joining the parts of ${key}`, signal }, (options) =>
      place.client.send(
        new CompleteMultipartUploadCommand({
          Bucket: input.Bucket,
          Key: input.Key,
          UploadId: id,
          MultipartUpload: { Parts: inOrder.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) },
          ...claim,
        }),
        options,
      ),
    ),
  );
  const md5 = createHash("md5").update(Buffer.concat(inOrder.map((part) => part.md5)));
  return { bytes, samples, etag: `${md5.digest("hex")}-${inOrder.length}` };
}

/**
 * Parts of an upload cost space and money until it is aborted, and nobody sees them.
 *
 * Asked again until S3 does not know the upload any more
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html: parts in progress may make that necessary).
 */
async function forget({ writing: { place, input }, id }: Upload): Promise<void> {
  const upload = { Bucket: input.Bucket, Key: input.Key, UploadId: id };
  const abortSignal = AbortSignal.timeout(CLEANING_MS);
  for (const pause of FORGETTING_PAUSES_MS) {
    await sleep(pause);
    try {
      await place.client.send(new AbortMultipartUploadCommand(upload), { abortSignal });
    } catch (error) {
      // Any other fault was told already, as the first; what is left is swept by the next put.
      if (error instanceof NoSuchUpload || abortSignal.aborted) return;
    }
  }
}
