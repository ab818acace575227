import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { Fault, isFault } from "../model/fault.ts";
import { sendInParts } from "./s3-multipart.ts";
import { headOf } from "./s3-objects.ts";
import { cutIntoParts, type Part, partBytes } from "./s3-parts.ts";
import { calling, cancelled, type S3Place } from "./s3-place.ts";
import { sampleOf } from "./s3-samples.ts";
import { checkStored, claiming, discard, type Sent, taken, type Writing, writingTo } from "./s3-writing.ts";
import type { Stored } from "./store.ts";

interface S3Put {
  readonly key: string;
  readonly source: Readable;
  readonly signal: AbortSignal;
}

/** Puts a stream of unknown length: S3 shows the key only when every part is there, and it is told stored only when it is what was sent. */
export async function putToS3(place: S3Place, { key, source, signal }: S3Put): Promise<Stored> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const giveUp = () => void source.destroy();
  either.addEventListener("abort", giveUp, { once: true });
  const writing = writingTo(place, key, either);
  try {
    if ((await headOf(place, key, signal)) !== undefined) throw taken(place, key);
    const { sent, stored } = await send(writing, source, stop);
    await checkStored(writing, sent);
    return stored;
  } catch (error) {
    if (!isFault(error, "store.exists")) await discard(writing);
    if (signal.aborted) throw cancelled(signal);
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    either.removeEventListener("abort", giveUp);
    source.destroy();
  }
}

async function send(
  writing: Writing,
  source: Readable,
  stop: AbortController,
): Promise<{ readonly sent: Sent; readonly stored: Stored }> {
  const hash = createHash("sha256");
  const parts = cutIntoParts(source, (chunk) => hash.update(chunk));
  const first = await parts.next();
  if (first.done) throw new Fault("bug", "a stream was cut into no part at all");
  const isAll = first.value.bytes.length < partBytes(1);
  const sent = isAll
    ? await sendAtOnce(writing, first.value)
    : await sendInParts(writing, { first: first.value, rest: parts, stop });
  return { sent, stored: { bytes: sent.bytes, sha256: hash.digest("hex") } };
}

async function sendAtOnce(writing: Writing, { bytes }: Part): Promise<Sent> {
  const { place, key, signal, input } = writing;
  const md5 = createHash("md5").update(bytes).digest();
  await claiming(writing, (claim) =>
    calling(place, { attempted: `putting ${key}`, signal }, (options) =>
      place.client.send(
        new PutObjectCommand({ ...input, ...claim, Body: bytes, ContentMD5: md5.toString("base64") }),
        options,
      ),
    ),
  );
  return { bytes: bytes.length, etag: md5.toString("hex"), samples: [sampleOf(bytes, 0)] };
}
