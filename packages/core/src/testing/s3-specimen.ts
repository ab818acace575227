import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  type ObjectVersion,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { FaultyTcpProxy } from "@cofre/lab";
import type { ReachOptions, Specimen } from "../engine/conformance/specimen.ts";
import { BucketTarget } from "../engine/s3-target.ts";
import { createLocalServer } from "../host/local.ts";
import { Secret } from "../model/secret.ts";
import { awkwardNames } from "./specimens.ts";

/** A real S3 that the suite may empty. */
export interface S3Ground extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly accessKey: string;
  readonly secretKey: string;
  /** What it does not have is not asked of it. */
  readonly lacks?: readonly ("versions" | "tags" | "odd keys")[];
}

/** What the specimen needs of the lab. */
export interface S3Parts {
  readonly ground: S3Ground;
  /** A door before it, for cutting what is under way. */
  readonly proxy: FaultyTcpProxy;
}

const UNITS = ["plain", "we-ird.bucket", "versioned"] as const;

/** A real object store with what breaks people in it. Asks by the SDK alone, never by the engine's own ways. */
export async function startS3Specimen({ ground, proxy }: S3Parts): Promise<Specimen<BucketTarget>> {
  const journals = await mkdtemp(join(tmpdir(), "cofre-s3-"));
  const server = createLocalServer();
  const client = clientOf(ground);
  const buckets = bucketsAt(client, ground);
  const target = (secretKey: string) =>
    BucketTarget.parse({
      ...{ host: proxy.host, port: proxy.port, accessKey: ground.accessKey, secretKey },
    });
  const reach = (to: ReachOptions = {}, secret = ground.secretKey) => ({
    ...{ host: server, server, target: target(secret) },
    tag: to.tag ?? randomBytes(16).toString("hex"),
    signal: to.signal ?? new AbortController().signal,
  });
  return {
    reach: (to) => {
      proxy.restore();
      return reach(to);
    },
    reachAsStranger: () => reach({}, `${ground.secretKey}-wrong`),
    journals,
    secrets: [new Secret(ground.secretKey)],
    units: ground.lacks?.includes("versions") ? UNITS.slice(0, 2) : UNITS,
    renamed: (unit) => `${unit}-other`,
    empty: buckets.empty,
    fill: buckets.fill,
    grow: async (bytes) => await buckets.put({ bucket: "plain", key: "grown", body: randomBytes(bytes) }),
    change: buckets.change,
    fingerprint: buckets.fingerprint,
    leftovers: async () => [],
    // The door opens again for whoever asks how to reach it next.
    breakDump: async () => proxy.refuse(),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await server[Symbol.asyncDispose]();
      await rm(journals, { recursive: true, force: true });
      await proxy[Symbol.asyncDispose]();
      await ground[Symbol.asyncDispose]();
    },
  };
}

export function clientOf({ host, port, accessKey, secretKey }: S3Ground): S3Client {
  return new S3Client({
    endpoint: `http://${host}:${port}`,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

interface Put {
  readonly bucket: string;
  readonly key: string;
  readonly body: string | Uint8Array;
}

const TRAITS = {
  ContentType: "text/x-odd; charset=utf-8",
  CacheControl: "max-age=60, public",
  ContentDisposition: `attachment; filename="a b.txt"`,
  ContentLanguage: "pt-BR",
  Metadata: { colour: "deep teal", "with-dash": "a=b; c" },
};

function bucketsAt(client: S3Client, { lacks = [] }: S3Ground) {
  const has = (what: "versions" | "tags" | "odd keys") => !lacks.includes(what);
  const make = async (bucket: string): Promise<void> => {
    const made = client.send(new CreateBucketCommand({ Bucket: bucket }));
    await made.catch((error: unknown) => {
      if (!(error instanceof Error) || !error.name.startsWith("BucketAlready")) throw error;
    });
  };
  const put = async ({ bucket, key, body }: Put, traits: object = {}): Promise<void> => {
    await make(bucket);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...traits }));
  };
  const units = has("versions") ? UNITS : UNITS.slice(0, 2);
  const keep = async (Status: "Enabled" | "Suspended"): Promise<void> => {
    const VersioningConfiguration = { Status };
    await client.send(new PutBucketVersioningCommand({ Bucket: "versioned", VersioningConfiguration }));
  };
  const remove = async (bucket: string, Key: string): Promise<void> => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  };
  return {
    put,
    empty: async () => {
      const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
      for (const { Name = "" } of Buckets) await dropBucket(client, Name);
      for (const bucket of units) await make(bucket);
    },
    fill: async () => {
      await fillPlain(put, { hasTags: has("tags"), hasOddKeys: has("odd keys") });
      await put({ bucket: "we-ird.bucket", key: "only", body: "one" });
      if (!has("versions")) return;
      await keep("Enabled");
      for (const body of ["first", "second", "third"]) {
        await put({ bucket: "versioned", key: "a/changed", body }, TRAITS);
      }
      await put({ bucket: "versioned", key: "deleted", body: "gone" });
      await remove("versioned", "deleted");
      await put({ bucket: "versioned", key: "once", body: "x" });
    },
    change: async () => {
      await put({ bucket: "plain", key: "must disappear", body: "new" });
      await put({ bucket: "plain", key: "numbers", body: "changed" });
      await put({ bucket: "plain", key: "traits", body: "same" }, { ContentType: "text/plain" });
      await remove("plain", "deep/0");
      await put({ bucket: "we-ird.bucket", key: "second", body: "two" });
      if (!has("versions")) return;
      await put({ bucket: "versioned", key: "a/changed", body: "fourth" });
      await put({ bucket: "versioned", key: "deleted", body: "back again" });
      await remove("versioned", "once");
    },
    fingerprint: async (names: readonly string[]) => {
      const all = await Promise.all(names.map((bucket) => fingerprintOf(client, bucket, has("tags"))));
      return all.join("\n");
    },
  };
}

async function fillPlain(
  put: (one: Put, traits?: object) => Promise<void>,
  { hasTags, hasOddKeys }: { readonly hasTags: boolean; readonly hasOddKeys: boolean },
): Promise<void> {
  const bucket = "plain";
  const names = hasOddKeys ? awkwardNames : awkwardNames.filter((name) => /^[\w .-]{1,100}$/.test(name));
  for (const name of names) await put({ bucket, key: `odd/${name}`, body: `content of ${name}` });
  for (let index = 0; index < 40; index += 1) {
    await put({ bucket, key: `deep/${index}`, body: randomBytes(index * 50) });
  }
  await put({
    bucket,
    key: "numbers",
    body: Array.from({ length: 30_000 }, (_, index) => index * 7919).join(" "),
  });
  await put({ bucket, key: "empty", body: new Uint8Array() });
  await put({ bucket, key: `long/${"a folder of a long path/".repeat(20)}end`, body: "deep" });
  await put({ bucket, key: "larger than small", body: randomBytes(5 << 20) });
  const tagged = hasTags ? { Tagging: "stage=live&owner=Ana%20%2B%20Co" } : {};
  await put({ bucket, key: "traits", body: "same" }, { ...TRAITS, ...tagged });
}

async function dropBucket(client: S3Client, bucket: string): Promise<void> {
  const all = await versionsOf(client, bucket);
  for (let from = 0; from < all.length; from += 1000) {
    const Objects: ObjectIdentifier[] = all
      .slice(from, from + 1000)
      .map(({ key, id }) => ({ Key: key, ...(id === "null" ? {} : { VersionId: id }) }));
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
  }
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
}

interface Version {
  readonly key: string;
  readonly id: string;
  readonly isDeletion: boolean;
  readonly isLatest: boolean;
}

async function versionsOf(client: S3Client, bucket: string): Promise<Version[]> {
  const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, EncodingType: "url" }));
  if (page.IsTruncated) throw new Error("the specimen is larger than one page");
  const view = (
    one: Pick<ObjectVersion, "Key" | "VersionId" | "IsLatest">,
    isDeletion: boolean,
  ): Version => ({
    key: decodeURIComponent((one.Key ?? "").replaceAll("+", " ")),
    id: one.VersionId ?? "null",
    isLatest: one.IsLatest ?? true,
    isDeletion,
  });
  return [
    ...(page.Versions ?? []).map((one) => view(one, false)),
    ...(page.DeleteMarkers ?? []).map((one) => view(one, true)),
  ];
}

/** Every version with its content and traits in one line; only how many deletions a key has, and whether it is one now. */
async function fingerprintOf(client: S3Client, bucket: string, hasTags: boolean): Promise<string> {
  const { Status = "off" } = await client
    .send(new GetBucketVersioningCommand({ Bucket: bucket }))
    .catch(() => ({ Status: "off" }));
  const lines: string[] = [];
  for (const { key, id, isDeletion, isLatest } of await versionsOf(client, bucket)) {
    const of = { Bucket: bucket, Key: key, ...(id === "null" ? {} : { VersionId: id }) };
    if (isDeletion) {
      lines.push(JSON.stringify([key, "deleted", isLatest]));
      continue;
    }
    const got = await client.send(new GetObjectCommand(of));
    // checked: in Node the body is a Readable
    const body = await buffer(got.Body as AsyncIterable<Uint8Array>);
    const { ContentType, CacheControl, ContentDisposition, ContentLanguage, Metadata } = got;
    const tags = hasTags ? (await client.send(new GetObjectTaggingCommand(of))).TagSet : [];
    const digest = createHash("sha256").update(body).digest("hex");
    lines.push(
      JSON.stringify([
        key,
        isLatest,
        digest,
        ContentType,
        CacheControl,
        ContentDisposition,
        ContentLanguage,
        // Some servers tell them in another order each time.
        Object.entries(Metadata ?? {}).toSorted(),
        tags,
      ]),
    );
  }
  return `${Status} ${createHash("sha256").update(lines.sort().join("\n")).digest("hex")} ${lines.length}`;
}
