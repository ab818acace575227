import { createHash, type Hash, hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectTaggingCommand } from "@aws-sdk/client-s3";
import { Fault, isFault } from "../model/fault.ts";
import { answerFault, bucketFault } from "./s3-faults.ts";
import type { Listed } from "./s3-list.ts";
import { type Traits, traitsOf } from "./s3-record.ts";
import { escaped } from "./s3-sign.ts";
import type { OpenS3 } from "./s3-way.ts";
import type { WireAnswer } from "./s3-wire.ts";

/** What fits in memory many times over; what is larger flows. */
export const SMALL_BYTES = 4 << 20;
const TRIES = 3;
const FIRST_PAUSE_MS = 200;

/** Where objects are read from. */
export interface Fetching {
  readonly s3: OpenS3;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

/** An object as it is now. */
export interface Fetched {
  readonly bytes: number;
  readonly modifiedAt: Date;
  readonly etag: string;
  readonly traits: Traits;
  /** A small one is all here, and its digest is known. */
  readonly whole?: { readonly body: Buffer; readonly sha256: string };
}

/** An object whose bytes flow; the digest is known once they did. */
export interface Flowing extends Fetched {
  chunks(): AsyncGenerator<Buffer>;
  sha256(): string;
}

/** A small object in memory; without `whole` when it has grown large meanwhile, undefined when it is gone. */
export async function fetchSmall(fetching: Fetching, one: Listed): Promise<Fetched | undefined> {
  return await again(fetching, async () => {
    const answer = await askFor(fetching, one, {});
    if (answer === undefined) return undefined;
    const head = await headOf(fetching, one, answer);
    if (head.bytes > SMALL_BYTES) {
      answer.body.destroy();
      return head;
    }
    const body = Buffer.from(await answer.body.arrayBuffer());
    if (body.length !== head.bytes) throw wrong(fetching, one, `${body.length} of ${head.bytes} bytes came`);
    if (isDigest(answer) && hash("md5", body) !== bare(head.etag)) throw wrong(fetching, one, NOT_ITS_DIGEST);
    return { ...head, whole: { body, sha256: hash("sha256", body) } };
  });
}

/** Opens a large object; undefined when it is gone. A cut connection is taken up where it was cut, as long as the object is the same. */
export async function fetchLarge(fetching: Fetching, one: Listed): Promise<Flowing | undefined> {
  const first = await again(fetching, async () => await askFor(fetching, one, {}));
  if (first === undefined) return undefined;
  const head = await headOf(fetching, one, first);
  const digest = createHash("sha256");
  const check = isDigest(first) ? createHash("md5") : undefined;
  let known: string | undefined;
  return {
    ...head,
    chunks: async function* () {
      yield* resumed({ fetching, one, head, first }, [digest, ...(check === undefined ? [] : [check])]);
      known = digest.digest("hex");
      if (check !== undefined && check.digest("hex") !== bare(head.etag))
        throw wrong(fetching, one, NOT_ITS_DIGEST);
    },
    sha256: () => known ?? "",
  };
}

interface Resumable {
  readonly fetching: Fetching;
  readonly one: Listed;
  readonly head: Fetched;
  readonly first: WireAnswer;
}

async function* resumed(of: Resumable, digests: readonly Hash[]): AsyncGenerator<Buffer> {
  const { fetching, one, head, first } = of;
  const state = { offset: 0, failures: 0 };
  let answer: WireAnswer | undefined = first;
  while (answer !== undefined) {
    try {
      for await (const chunk of piecesOf(answer)) {
        addTo(digests, chunk);
        state.offset += chunk.length;
        state.failures = 0;
        yield chunk;
      }
      if (state.offset < head.bytes)
        throw wrong(fetching, one, `${state.offset} of ${head.bytes} bytes came`);
      return;
    } catch (error) {
      answer.body.destroy();
      answer = await takenUp(of, state, error);
    }
  }
}

async function takenUp(
  of: Resumable,
  state: { readonly offset: number; failures: number },
  cut: unknown,
): Promise<WireAnswer> {
  const what = `reading ${of.fetching.bucket}/${of.one.key}`;
  for (let error = cut; ; ) {
    state.failures += 1;
    await pause(of.fetching, { error, failures: state.failures, what });
    try {
      return await rest(of, state.offset);
    } catch (next) {
      error = next;
    }
  }
}

function addTo(digests: readonly Hash[], chunk: Buffer): void {
  for (const digest of digests) digest.update(chunk);
}

function piecesOf(answer: WireAnswer): AsyncIterable<Buffer> {
  return answer.body;
}

async function rest({ fetching, one, head }: Resumable, offset: number): Promise<WireAnswer> {
  const answer = await askFor(fetching, one, { range: `bytes=${offset}-`, "if-match": head.etag });
  if (answer?.status === 206) return answer;
  answer?.body.destroy();
  throw new Fault(
    "dump.incomplete",
    `${fetching.bucket}/${one.key} changed while it was read again after a cut`,
    {
      hint: "Try again; if it goes on, look what cuts the connection to the object store.",
    },
  );
}

/** Undefined when there is no such object any more. */
async function askFor(
  { s3, bucket, signal }: Fetching,
  one: Listed,
  headers: Readonly<Record<string, string>>,
): Promise<WireAnswer | undefined> {
  const { key, version } = one;
  const query = version === undefined || version.id === "" ? {} : { versionId: version.id };
  const answer = await s3.wire.ask({ method: "GET", bucket, key, query, headers }, signal);
  if (answer.status === 200 || answer.status === 206) return answer;
  const text = await answer.body.text();
  if (answer.status === 404 && !text.includes("NoSuchBucket")) return undefined;
  if (answer.status === 412) return { ...answer };
  throw answerFault(answer.status, text, `reading ${bucket}/${key}`);
}

async function headOf(fetching: Fetching, one: Listed, { headers }: WireAnswer): Promise<Fetched> {
  const traits = traitsOf(headers);
  const isTagged = Number(headers["x-amz-tagging-count"] ?? 0) > 0;
  const tags = isTagged ? await tagsOf(fetching, one) : "";
  const modified = Date.parse(headers["last-modified"] ?? "");
  return {
    bytes: Number(headers["content-length"] ?? Number.NaN),
    modifiedAt: Number.isNaN(modified) ? one.modifiedAt : new Date(modified),
    etag: headers.etag ?? one.etag,
    traits: tags === "" ? traits : { ...traits, "x-amz-tagging": tags },
  };
}

async function tagsOf({ s3, bucket, signal }: Fetching, { key, version }: Listed): Promise<string> {
  const command = new GetObjectTaggingCommand({
    Bucket: bucket,
    Key: key,
    ...(version === undefined ? {} : { VersionId: version.id }),
  });
  const { TagSet = [] } = await s3.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw bucketFault(error, `reading the tags of ${bucket}/${key}`);
  });
  return TagSet.map(({ Key = "", Value = "" }) => `${escaped(Key)}=${escaped(Value)}`)
    .sort()
    .join("&");
}

/** An entity tag is the content's MD5 unless the object was uploaded in parts or is encrypted by the store. Source: S3, "Checking object integrity". */
function isDigest({ headers }: WireAnswer): boolean {
  return (
    /^"?[0-9a-f]{32}"?$/.test(headers.etag ?? "") &&
    headers["x-amz-server-side-encryption"] === undefined &&
    headers["x-amz-server-side-encryption-customer-algorithm"] === undefined
  );
}

const NOT_ITS_DIGEST = "its bytes are not those of its ETag";

export function bare(etag: string): string {
  return etag.replaceAll('"', "");
}

function wrong({ bucket }: Fetching, { key }: Listed, found: string): Fault {
  return new Fault("dump.incomplete", `reading ${bucket}/${key}: ${found}`, {
    hint: "The object store, or something before it, gives wrong bytes: look at its health, then try again.",
  });
}

async function again<Result>(fetching: Fetching, read: () => Promise<Result>): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await read();
    } catch (error) {
      await pause(fetching, { error, failures, what: `reading ${fetching.bucket}` });
    }
  }
}

interface Failure {
  readonly error: unknown;
  readonly failures: number;
  readonly what: string;
}

/** Waits before the next try, or throws when there is none. */
async function pause({ signal }: Fetching, { error, failures, what }: Failure): Promise<void> {
  const fault = bucketFault(error, what);
  const isPassing = isFault(fault, "target.unreachable") || isFault(fault, "dump.incomplete");
  if (signal.aborted || !isPassing || failures >= TRIES) throw fault;
  await sleep(FIRST_PAUSE_MS * 3 ** (failures - 1), undefined, { signal });
}
