import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalServer, directoryStore, type Manifest, restoreBackup, type Server } from "@cofre/core";
import { type StartedS3, startMinio } from "@cofre/lab";
import { backUp, workOf } from "./backup.ts";
import { type Mc, startMc } from "./mc.ts";
import { type Result, resultOf, shell, timed } from "./measure.ts";
import { reachBuckets, writeObjects } from "./s3.ts";

const BUCKET = "large";
const COPY = "copy";
const BIG = "big.bin";

interface Size {
  readonly objects: number;
  /** Of the one large object. */
  readonly bytes: number;
}

/**
 * A bucket of so many small objects and a large one goes out and into another bucket, first a fifth of it, then the whole; both buckets
 * are compared object by object. The result is the ratio of Cofre's peaks of memory. Nothing when MinIO's client cannot be had.
 */
export async function measureLargeBucket({ objects, bytes }: Size): Promise<readonly Result[]> {
  const fifth = await peakOf({ objects: Math.ceil(objects / 5), bytes: Math.ceil(bytes / 5) });
  const whole = fifth === undefined ? undefined : await peakOf({ objects, bytes });
  if (fifth === undefined || whole === undefined) {
    console.error("bench: minio-client cannot be had here: s3.large is left out");
    return [];
  }
  return [resultOf("s3.large.memory/fifth", [whole / fifth], 1.15)];
}

async function peakOf(size: Size): Promise<number | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "cofre-bench-large-"));
  const root = mkdtempSync(join(tmpdir(), "cofre-bench-store-"));
  try {
    await using minio = await startMinio({ accessKey: "benchadmin", secretKey: "benchsecret" });
    await using mc = await startMc(minio, folder);
    if (mc === undefined) return undefined;
    await fill(mc, folder, size);
    await using server = createLocalServer();
    const peak = await peakDuring(() => outAndIn({ minio, server, root, size }));
    await expectEqual(mc, size);
    return peak;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(root, { recursive: true, force: true });
  }
}

async function fill(mc: Mc, folder: string, { objects, bytes }: Size): Promise<void> {
  writeObjects(folder, objects);
  await shell([
    "sh",
    "-c",
    `openssl enc -aes-128-ctr -pass pass:bench -nosalt < /dev/zero 2> /dev/null | head -c ${bytes} > "$1"`,
    "sh",
    join(folder, BIG),
  ]);
  await mc.run(
    `minio-client mb -q bench/${BUCKET}; minio-client mb -q bench/${COPY}; minio-client mirror -q "$SEED" bench/${BUCKET} > /dev/null`,
  );
  rmSync(folder, { recursive: true });
}

interface Trip {
  readonly minio: StartedS3;
  readonly server: Server;
  readonly root: string;
  readonly size: Size;
}

async function outAndIn({ minio, server, root, size }: Trip): Promise<void> {
  const store = directoryStore({ server, root });
  let manifest: Manifest | undefined;
  const out = await timed(
    async () => (manifest = await backUp(reachBuckets(minio, server), { store, unit: BUCKET })),
  );
  if (manifest?.units[0]?.counts.objects !== size.objects + 1) throw new Error("the backup lacks objects");
  const carried = reachBuckets(minio, server);
  const request = { ...carried, store, manifest, units: [{ from: BUCKET, into: COPY }] };
  const work = workOf(carried.reach.tag, () => undefined);
  const back = await timed(() => restoreBackup(work, request));
  process.stderr.write(
    `  ${size.objects} objects: out in ${out.toFixed(1)} s, back in ${back.toFixed(1)} s\n`,
  );
}

/** Most resident memory of this process while the work ran, in bytes. */
async function peakDuring(work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  try {
    await work();
  } finally {
    clearInterval(look);
  }
  process.stderr.write(`  peak ${Math.round(peak / 1e6)} MB\n`);
  return peak;
}

/** Small ones by the server's own MD5 of each, the large one, which was put in parts, by a digest of what comes back. */
async function expectEqual(mc: Mc, { objects }: Size): Promise<void> {
  const list = (bucket: string) =>
    mc.run(
      `minio-client ls --json --recursive bench/${bucket} | grep -v '"key":"${BIG}"' | sed 's/.*"size":\\([0-9]*\\),"key":"\\([^"]*\\)","etag":"\\([^"]*\\)".*/\\2 \\1 \\3/' | sort > /tmp/${bucket}.list; wc -l < /tmp/${bucket}.list`,
    );
  const counts = [await list(BUCKET), await list(COPY)].map(Number);
  if (counts.some((count) => count !== objects))
    throw new Error(`${counts.join(" and ")} of ${objects} objects`);
  await mc.run(`cmp /tmp/${BUCKET}.list /tmp/${COPY}.list`);
  const digest = (bucket: string) => mc.run(`minio-client cat bench/${bucket}/${BIG} | sha256sum`);
  if ((await digest(BUCKET)) !== (await digest(COPY)))
    throw new Error("the large object came back otherwise");
}
