import { randomBytes } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { absentReason, type StartedS3, startMinio, startOtherS3 } from "@cofre/lab";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { BucketTarget } from "../engine/s3-target.ts";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { Fault } from "../model/fault.ts";
import { Secret } from "../model/secret.ts";
import { type HostileAnswer, type HostileS3, hostileS3 } from "../testing/hostile-s3.ts";
import { MINIO, OTHER_S3 } from "../testing/s3-bench.ts";
import { clientOf } from "../testing/s3-specimen.ts";
import { type SyncBuckets, type SyncedBuckets, syncBuckets } from "./sync-bucket.ts";
import type { Work } from "./work.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const reason = absentReason(MINIO) ?? absentReason(OTHER_S3);
/** More than one part, so that its ETag is no digest at either end. */
const LARGE = randomBytes(17 << 20);
const SMALL = 12;

describe.skipIf(reason !== null)(reason ?? "a mirror of buckets in another S3", () => {
  let [minio, other]: StartedS3[] = [];
  let [client, there]: S3Client[] = [];
  let [source, door]: HostileS3[] = [];
  let server: Server;
  let round = 0;
  let bucket = "";

  beforeAll(async () => {
    [minio, other] = await Promise.all([startMinio(), startOtherS3()]);
    [source, door] = [await hostileS3(minio.endpoint), await hostileS3(other.endpoint)];
    [client, there] = [clientOf(minio), clientOf(other)];
    server = createLocalServer();
  });
  beforeEach(async () => {
    for (const one of [source, door]) one?.behave(() => undefined);
    round += 1;
    bucket = `photos-${round}`;
    await at(client).send(new CreateBucketCommand({ Bucket: bucket }));
  });
  // The last claim is about all buckets.
  afterEach(async () => void (await remove("large")));
  afterAll(async () => {
    for (const one of [client, there]) one?.destroy();
    for (const one of [server, source, door, minio, other]) await one?.[Symbol.asyncDispose]();
  });

  const at = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error("the lab did not start");
    return part;
  };
  const put = async (Key: string, Body: string | Uint8Array, more: object = {}) =>
    await at(client).send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
  const remove = async (Key: string, from = at(client)) =>
    await from.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  const fill = async () => {
    for (let n = 0; n < SMALL; n += 1) await put(`many/${n}`, `content ${n}`);
    await put("traits", "same", { ContentType: "image/jpeg", Metadata: { colour: "deep teal" } });
    await put("empty", "");
    await put("a folder/ação 1+1=2.txt", "odd");
  };
  /** Everything in a bucket, content included. */
  const content = async (from: S3Client, name = bucket): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    for await (const page of paginateListObjectsV2({ client: from }, { Bucket: name })) {
      for (const { Key = "" } of page.Contents ?? []) {
        const { Body } = await from.send(new GetObjectCommand({ Bucket: name, Key }));
        const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
        found[Key] = bytes.length > 1000 ? `${bytes.length}` : bytes.toString();
      }
    }
    return found;
  };

  async function sync(
    { all = false, ...more }: Partial<SyncBuckets> & { readonly all?: boolean } = {},
    signal = new AbortController().signal,
  ): Promise<SyncedBuckets> {
    const { hostname: host, port } = new URL(at(source).endpoint);
    const { accessKey, secretKey } = at(minio);
    const tag = randomBytes(16).toString("hex");
    const work: Work = {
      ...{ id: tag, owner: "test", signal, stallMs: 60_000 },
      now: () => new Date(),
      report: () => undefined,
    };
    return await syncBuckets(work, {
      reach: {
        ...{ host: server, server, tag, signal },
        target: BucketTarget.parse({ host, port, accessKey, secretKey }),
      },
      ...(all ? {} : { buckets: [bucket] }),
      to: { target: target(at(door).endpoint), prefix: "" },
      deletions: "keep",
      origin: "resource-1",
      ...more,
    });
  }
  const target = (endpoint: string) => ({
    endpoint,
    region: "us-east-1",
    accessKey: at(other).accessKey,
    secretKey: new Secret(at(other).secretKey),
    pathStyle: true,
  });

  test("has it all after the first run, and copies only what differs after that", async () => {
    await fill();
    await put("large", LARGE);
    const first = await sync();
    expect(first).toMatchObject({
      fault: undefined,
      report: { objects: SMALL + 4, copied: SMALL + 4, deleted: 0, unsettled: 0 },
    });
    expect(first.report.bytes).toBe(first.report.copiedBytes);
    expect(await content(at(there))).toEqual(await content(at(client)));
    const head = await at(there).send(new HeadObjectCommand({ Bucket: bucket, Key: "traits" }));
    expect(head).toMatchObject({ ContentType: "image/jpeg", Metadata: { colour: "deep teal" } });

    at(source).behave(() => undefined);
    expect((await sync()).report).toMatchObject({ copied: 0, differing: [] });
    expect(at(source).calls.filter((call) => call !== "List")).toEqual([]);

    await put("many/3", "CONTENT 3");
    await put("many/4", "of another size");
    await put("new", "new");
    await put("traits", "same", { ContentType: "text/plain" });
    await remove("many/5");
    const { report } = await sync();
    const differing = [
      { key: `${bucket}/many/3`, why: "content", isSettled: true, said: null },
      { key: `${bucket}/many/4`, why: "size", isSettled: true, said: null },
      { key: `${bucket}/many/5`, why: "extra", isSettled: false, said: null },
      { key: `${bucket}/new`, why: "missing", isSettled: true, said: null },
      { key: `${bucket}/traits`, why: "properties", isSettled: true, said: null },
    ];
    expect(report).toMatchObject({ copied: 4, deleted: 0, unsettled: 1, objects: SMALL + 4 });
    expect(report.differing.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(differing);
    expect(await content(at(there))).toEqual({ ...(await content(at(client))), "many/5": "content 5" });
  });

  test("loses by a mirroring run what the source lost, and never what others wrote", async () => {
    await fill();
    await sync();
    await at(there).send(new PutObjectCommand({ Bucket: bucket, Key: "many/theirs", Body: "theirs" }));
    await remove("many/1");
    await remove("traits");
    const { report, fault } = await sync({ deletions: "mirror" });
    expect({ fault, ...report }).toMatchObject({ fault: undefined, copied: 0, deleted: 2, unsettled: 1 });
    expect(report.differing[0]).toMatchObject({
      key: `${bucket}/many/theirs`,
      why: "extra",
      isSettled: false,
    });
    expect(await content(at(there))).toEqual({ ...(await content(at(client))), "many/theirs": "theirs" });
    const others = await sync({ deletions: "mirror", origin: "resource-2" });
    expect(others.report.deleted).toBe(0);
  });

  test("loses nothing when the source is suddenly empty, or its listing breaks, or a copy fails", async () => {
    await fill();
    await sync();
    const before = await content(at(there));
    await remove("many/1");
    at(source).behave(({ operation, nth, pass }) => {
      if (operation !== "List" || nth === 0) return pass();
      return nth === 1 ? firstPage(pass) : failing();
    });
    expect((await sync({ deletions: "mirror" })).fault?.code).toBe("target.unreachable");
    at(source).behave(() => undefined);
    await put("many/2", "changed");
    at(door).behave(({ operation }) => (operation === "PutObject" ? refusing() : undefined));
    const refused = await sync({ deletions: "mirror" });
    expect(refused.fault?.code).toBe("dump.incomplete");
    expect(refused.report).toMatchObject({ deleted: 0, copied: 0, unsettled: 2 });
    at(door).behave(() => undefined);
    for (const key of Object.keys(before)) await remove(key);
    const empty = await sync({ deletions: "mirror" });
    expect(empty).toMatchObject({ fault: undefined, report: { deleted: 0, objects: 0 } });
    expect(empty.report.warnings.join()).toContain("nothing was deleted");
    expect(await content(at(there))).toEqual(before);
  });

  test("has no half object when it is cut, and the next run finishes", async () => {
    await fill();
    await put("large", LARGE);
    const stop = new AbortController();
    at(door).behave(({ operation, pass }) => {
      if (operation !== "UploadPart") return undefined;
      stop.abort(new Fault("job.cancelled", "the job was cancelled"));
      return pass();
    });
    const cut = await sync({}, stop.signal);
    expect(cut.fault?.code).toBe("job.cancelled");
    expect(await content(at(there))).not.toHaveProperty("large");
    // A killed process cannot even give its parts back: the next run does.
    at(door).behave(({ operation }) =>
      operation === "AbortMultipartUpload" || operation === "CompleteMultipartUpload" ? failing() : undefined,
    );
    expect((await sync()).report).toMatchObject({ unsettled: 1 });
    at(door).behave(() => undefined);
    const next = await sync();
    expect(next).toMatchObject({ fault: undefined, report: { copied: 1, unsettled: 0 } });
    expect(await content(at(there))).toEqual(await content(at(client)));
    const { Uploads = [] } = await at(there).send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });

  test("of all buckets lies in folders of one bucket, never in its own source, and a wrong key is told as its own", async () => {
    await fill();
    const to = { target: target(at(other).endpoint), bucket: `mirror-${round}`, prefix: "from/cofre" };
    const { report, fault } = await sync({ to, all: true });
    expect(fault).toBeUndefined();
    expect(report.unsettled).toBe(0);
    const found = await content(at(there), to.bucket);
    expect(found[`from/cofre/${bucket}/many/7`]).toBe("content 7");
    const itself = {
      target: { ...target(at(minio).endpoint), secretKey: new Secret(at(minio).secretKey) },
      ...{ bucket, prefix: "copy" },
    };
    const inside = [await sync({ to: itself }), await sync({ to: itself })];
    expect(inside[1]?.report.differing[0]?.said).toContain("inside its own source");
    expect(inside[1]?.fault?.code).toBe("dump.incomplete");
    const wrong = { ...to.target, secretKey: new Secret("wrong") };
    const { fault: refused } = await sync({ to: { ...to, target: wrong } });
    expect(refused?.message).toContain("destination");
  });
});

async function failing(): Promise<HostileAnswer> {
  return { status: 503, headers: {}, body: Buffer.from("<Error><Code>SlowDown</Code></Error>") };
}

/** A listing that goes on behind its first objects. */
async function firstPage(pass: () => Promise<HostileAnswer>): Promise<HostileAnswer> {
  const { status, headers, body } = await pass();
  const { "content-length": _, ...kept } = headers;
  const text = String(body);
  const some = text.split("<Contents>").slice(0, 5).join("<Contents>");
  const more = "<IsTruncated>true</IsTruncated><NextContinuationToken>more</NextContinuationToken>";
  const rest = text.slice(text.lastIndexOf("</Contents>") + "</Contents>".length);
  const cut = (some + rest).replace("<IsTruncated>false</IsTruncated>", more);
  return { status, headers: kept, body: Buffer.from(cut) };
}

async function refusing(): Promise<HostileAnswer> {
  return { status: 400, headers: {}, body: Buffer.from("<Error><Code>InvalidArgument</Code></Error>") };
}
