import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type HostileAnswer,
  type HostileCall,
  type HostileS3,
  type Hostility,
  hostileS3,
} from "../testing/hostile-s3.ts";
import { MINIO, type S3Bench, startBucket } from "../testing/s3-bench.ts";
import { retrying } from "./retrying.ts";
import { s3Store } from "./s3.ts";

const reason = absentReason(MINIO);
const MIB = 1024 * 1024;
/** Three parts, the last one short. */
const large = randomBytes(17 * MIB);
const small = randomBytes(70_000);

/** Every lie or failure of a put that we know of. */
const PUTS: readonly (readonly [what: string, hostility: Hostility, bytes: Buffer])[] = [
  [
    "fails at the last part, always",
    on("UploadPart", ({ nth, pass }) => (nth >= 2 ? failing() : pass())),
    large,
  ],
  ["fails when the parts are joined", on("CompleteMultipartUpload", failing), large],
  ["says 200 and an error when the parts are joined", on("CompleteMultipartUpload", failingWell), large],
  ["tells another ETag for a part", onAnswer("UploadPart", otherEtag), large],
  ["tells another ETag for the whole", onAnswer("HeadObject", otherEtag), large],
  ["tells another size for the whole", onAnswer("HeadObject", otherSize), large],
  ["gives other bytes back", onAnswer("GetObject", flipped), large],
  ["gives other bytes of a small object back", onAnswer("GetObject", flipped), small],
  ["says that it took a small object, and keeps nothing", on("PutObject", nothingKept), small],
  ["answers every upload with 500", on("PutObject", failing), small],
];

describe.skipIf(reason !== null)(reason ?? "an S3 that cannot be trusted", () => {
  let bench: S3Bench;
  let door: HostileS3;
  beforeAll(async () => {
    bench = await startBucket();
    door = await hostileS3(bench.target.endpoint);
  }, 120_000);
  beforeEach(() => door.behave(() => undefined));
  afterAll(async () => {
    await door[Symbol.asyncDispose]();
    await bench[Symbol.asyncDispose]();
  });
  const opened = () =>
    s3Store(
      { target: { ...bench.target, endpoint: door.endpoint }, bucket: bench.bucket },
      { attempts: 2, silenceMs: 1_500 },
    );

  test.each(PUTS)(
    "never completes a put when it %s",
    { timeout: 30_000 },
    async (_what, hostility, bytes) => {
      using store = opened();
      door.behave((call) => (call.nth > 0 || call.operation !== "HeadObject" ? hostility(call) : undefined));
      await expect(store.put("hostile/put", Readable.from([bytes]))).rejects.toMatchObject({
        code: "store.unavailable",
      });
      door.behave(() => undefined);
      expect(await bench.leftovers()).toEqual([]);
    },
  );

  test("is believed when only the answer to a whole upload was lost", async () => {
    using store = opened();
    for (const [operation, bytes] of [
      ["PutObject", small],
      ["CompleteMultipartUpload", large],
    ] as const) {
      door.behave((call) =>
        call.operation === operation && call.nth === 0 ? call.pass().then(failing) : undefined,
      );
      const stored = await store.put("hostile/lost", Readable.from([bytes]));
      expect(stored.bytes).toBe(bytes.length);
      expect((await buffer(store.get("hostile/lost"))).equals(bytes)).toBe(true);
      await store.remove("hostile/lost");
    }
  });

  test("that cuts or ends a read early is read on, and never gives less in peace", async () => {
    using store = opened();
    await store.put("hostile/get", Readable.from([large]));
    door.behave(({ operation, pass }) =>
      operation === "GetObject" ? pass().then((answer) => ({ ...answer, cutAt: 1_000_000 })) : undefined,
    );
    await expect(buffer(store.get("hostile/get"))).rejects.toMatchObject({ code: "store.unavailable" });
    door.behave(({ operation, nth, pass }) =>
      operation === "GetObject" && nth < 3
        ? pass().then((answer) => ({ ...answer, cutAt: 1_000_000 }))
        : undefined,
    );
    const patient = retrying(store, { attempts: 3, firstDelayMs: 10 });
    expect((await buffer(patient.get("hostile/get"))).equals(large)).toBe(true);
    door.behave(({ operation, pass }) => (operation === "GetObject" ? pass().then(shortened) : undefined));
    const range = { start: 0, end: 999 };
    await expect(buffer(store.get("hostile/get", { range }))).rejects.toMatchObject({
      code: "store.unavailable",
    });
    door.behave(() => undefined);
    await store.remove("hostile/get");
  });

  test("that says nothing any more is given up, in a put and in a get", { timeout: 60_000 }, async () => {
    using store = opened();
    await store.put("hostile/silent", Readable.from([small]));
    const silence = () => new Promise<never>(() => undefined);
    door.behave(({ operation }) =>
      operation === "GetObject" || operation === "PutObject" ? silence() : undefined,
    );
    await expect(buffer(store.get("hostile/silent"))).rejects.toMatchObject({ code: "store.unavailable" });
    await expect(store.put("hostile/never", Readable.from([small]))).rejects.toMatchObject({
      code: "store.unavailable",
    });
    door.behave(() => undefined);
    await store.remove("hostile/silent");
    expect(await bench.leftovers()).toEqual([]);
  });

  test("that is slow is waited for", async () => {
    using store = opened();
    door.behave(({ pass }) => sleep(300).then(pass));
    expect((await store.put("hostile/slow", Readable.from([small]))).bytes).toBe(small.length);
    await store.remove("hostile/slow");
  });

  test("that lost its bucket, or refuses the key, says so and never that a backup is gone", async () => {
    using gone = s3Store({ target: bench.target, bucket: "not-there" });
    await expect(gone.stat("a/b")).rejects.toMatchObject({ code: "store.unavailable" });
    using refused = s3Store({ target: { ...bench.target, accessKey: "nobody" }, bucket: bench.bucket });
    await expect(refused.stat("a/b")).rejects.toMatchObject({ code: "store.unavailable" });
    await expect(buffer(refused.get("a/b"))).rejects.toThrow(/InvalidAccessKeyId|Access Key/);
  });
});

async function failing(): Promise<HostileAnswer> {
  return {
    status: 500,
    headers: { "content-type": "application/xml" },
    body: Buffer.from("<Error><Code>InternalError</Code><Message>we broke</Message></Error>"),
  };
}

async function failingWell(): Promise<HostileAnswer> {
  return { ...(await failing()), status: 200 };
}

function on(operation: string, answer: (call: HostileCall) => Promise<HostileAnswer>): Hostility {
  return (call) => (call.operation === operation ? answer(call) : undefined);
}

function onAnswer(operation: string, change: (answer: HostileAnswer) => HostileAnswer): Hostility {
  return (call) => (call.operation === operation ? call.pass().then(change) : undefined);
}

function otherEtag(answer: HostileAnswer): HostileAnswer {
  return { ...answer, headers: { ...answer.headers, etag: '"d41d8cd98f00b204e9800998ecf8427e"' } };
}

function otherSize(answer: HostileAnswer): HostileAnswer {
  return { ...answer, headers: { ...answer.headers, "content-length": "4711" } };
}

function flipped(answer: HostileAnswer): HostileAnswer {
  const body = Buffer.from(answer.body);
  body[0] = (body[0] ?? 0) ^ 1;
  return { ...answer, body };
}

function shortened(answer: HostileAnswer): HostileAnswer {
  const body = answer.body.subarray(0, 500);
  return { ...answer, body, headers: { ...answer.headers, "content-length": "500" } };
}

async function nothingKept(): Promise<HostileAnswer> {
  return { status: 200, headers: { etag: '"whatever"' }, body: Buffer.alloc(0) };
}
