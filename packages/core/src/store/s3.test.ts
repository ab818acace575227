import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
  DeleteObjectCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import { absentReason } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import { MINIO, makeBucket, OTHER_S3, startBucket } from "../testing/s3-bench.ts";
import { checkStore } from "./check.ts";
import { describeStore } from "./conformance.ts";
import { retrying } from "./retrying.ts";
import { s3Store } from "./s3.ts";
import { inFlightBeside, partBytes } from "./s3-parts.ts";

for (const maker of [MINIO, OTHER_S3]) {
  const absent = absentReason(maker);
  describe.skipIf(absent !== null)(absent ?? maker.engine, () => {
    describeStore("a folder of a bucket", async () => {
      const { target, bucket, leftovers, ...bench } = await startBucket({ maker });
      const store = s3Store({ target, bucket, prefix: "cofre/backups" });
      return {
        store: retrying(store),
        leftovers,
        [Symbol.asyncDispose]: async () => {
          store[Symbol.dispose]();
          await bench[Symbol.asyncDispose]();
        },
      };
    });
  });
}

const reason = absentReason(MINIO);

describe.skipIf(reason !== null)(reason ?? "a bucket with Object Lock", () => {
  test("locks what it keeps until the day has come, and can still be tested", {
    timeout: 120_000,
  }, async () => {
    await using bench = await startBucket({ isLocked: true });
    const now = new Date();
    const lock = { mode: "GOVERNANCE" as const, days: 3 };
    const { client, bucket, target } = bench;
    using store = s3Store({ target, bucket, lock, storageClass: "REDUCED_REDUNDANCY", now: () => now });
    await store.put("databases/loja/archive", Readable.from([Buffer.from("an archive")]));
    const of = { Bucket: bucket, Key: "databases/loja/archive" };
    const { Retention } = await client.send(new GetObjectRetentionCommand(of));
    expect(Retention?.Mode).toBe("GOVERNANCE");
    expect(Retention?.RetainUntilDate?.getTime()).toBeCloseTo(now.getTime() + 3 * 86_400_000, -4);
    expect((await client.send(new HeadObjectCommand(of))).StorageClass).toBe("REDUCED_REDUNDANCY");
    expect((await store.lockedUntil(of.Key))?.getTime()).toBe(Retention?.RetainUntilDate?.getTime());
    await expect(store.remove(of.Key)).rejects.toMatchObject({ code: "state.conflict" });
    expect((await buffer(store.get(of.Key))).toString()).toBe("an archive");
    const lines = [];
    for await (const line of checkStore(store)) lines.push(line);
    expect(lines.filter(({ ok }) => !ok)).toEqual([]);
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    expect(Versions.map(({ Key }) => Key)).toEqual([of.Key]);
    const [VersionId] = Versions.map((version) => version.VersionId);
    await client.send(new DeleteObjectCommand({ ...of, VersionId, BypassGovernanceRetention: true }));

    await using plain = await makeBucket(target, false);
    const Filter = { Prefix: "cofre/databases" };
    const Rules = [{ ID: "tidy", Status: "Enabled" as const, Filter, Expiration: { Days: 30 } }];
    await client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: plain.bucket,
        LifecycleConfiguration: { Rules },
      }),
    );
    using refusing = s3Store({ target, bucket: plain.bucket, prefix: "cofre", lock });
    const found = [];
    for await (const line of checkStore(refusing)) if (line.detail !== undefined) found.push(line);
    expect(found).toMatchObject([
      { check: "locks", ok: false, detail: expect.stringContaining("made with Object Lock") },
      { check: "expires-nothing", ok: true, detail: expect.stringContaining("tidy") },
      { check: "clears-broken-uploads", ok: true },
    ]);
    expect(await plain.leftovers()).toEqual([]);
  });
});

test("parts are such that 10,000 of them hold what S3 holds, and memory is bounded up to 1 TiB", () => {
  const TIB = 1024 ** 4;
  let total = 0;
  for (let number = 1; number <= 10_000; number += 1) {
    const isWithin = total <= TIB;
    total += partBytes(number);
    const buffered = partBytes(number) * (1 + inFlightBeside(number));
    if (isWithin) expect(buffered).toBeLessThanOrEqual(256 * 1024 ** 2);
  }
  expect(total).toBeGreaterThan(5 * TIB);
  expect(partBytes(10_000)).toBeLessThan(5 * 1024 ** 3);
});
