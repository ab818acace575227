import { createCipheriv } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalServer, directoryStore, engineById, type Manifest, type Server } from "@cofre/core";
import { type StartedS3, startMinio } from "@cofre/lab";
import { backUp, type Carried } from "./backup.ts";
import { SEED, WORDS } from "./fixture.ts";
import { type Mc, startMc } from "./mc.ts";
import { type Result, resultOf, timed } from "./measure.ts";
import { type BenchServer, newTag } from "./server.ts";

const BUCKET = "small";
const OBJECT_BYTES = 8192;
const MIRRORED = "/tmp/minio-backup-bench";

/**
 * Backup of so many small objects against the usual script's `mc mirror` and `tar czf`, on this machine; then the same with a directory on the
 * SSH server, where every byte goes through Cofre twice. A first round of each is shown and not counted: Cofre is a server that runs on,
 * and its first thousands of requests are slower than all later ones. Nothing when MinIO's client cannot be had.
 */
export async function measureSmallObjects(
  bench: BenchServer,
  { objects, runs }: { readonly objects: number; readonly runs: number },
): Promise<readonly Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "cofre-bench-objects-"));
  await using minio = await startMinio({ accessKey: "benchadmin", secretKey: "benchsecret" });
  await using mc = await startMc(minio, folder);
  if (mc === undefined) {
    console.error("bench: minio-client cannot be had here: s3.small/mc is left out");
    rmSync(folder, { recursive: true });
    return [];
  }
  writeObjects(folder, objects);
  await mc.run(
    `minio-client mb -q bench/${BUCKET}; minio-client mirror -q "$SEED" bench/${BUCKET} > /dev/null`,
  );
  rmSync(folder, { recursive: true });
  await using here = createLocalServer();
  const root = mkdtempSync(join(tmpdir(), "cofre-bench-store-"));
  const remoteRoot = "/opt/backups/bench-s3";
  const near: number[] = [];
  const far: number[] = [];
  for (let round = 0; round <= runs; round += 1) {
    const plan = await mirror(mc, objects);
    const ours = await take({ minio, server: here, root, objects });
    const bySsh = await take({ minio, server: bench.server, root: remoteRoot, objects });
    process.stderr.write(
      `  mc ${plan.toFixed(2)} s, cofre ${ours.toFixed(2)} s, by ssh ${bySsh.toFixed(2)} s\n`,
    );
    if (round === 0) continue;
    near.push(ours / plan);
    far.push(bySsh / plan);
  }
  rmSync(root, { recursive: true });
  await bench.line(`rm -rf ${remoteRoot}\n`);
  return [resultOf("s3.small/mc", near, 0.33), resultOf("s3.small.ssh/mc", far, null)];
}

/** Seconds of the usual script's lines. An alias that is not known would mirror a local folder, so what came is counted. */
async function mirror(mc: Mc, objects: number): Promise<number> {
  const seconds = await timed(() =>
    mc.run(`minio-client mirror -q bench/${BUCKET} ${MIRRORED} > /dev/null
      tar -czf ${MIRRORED}.tar.gz -C /tmp minio-backup-bench`),
  );
  const came = Number(
    await mc.run(`find ${MIRRORED} -type f | wc -l; rm -rf ${MIRRORED} ${MIRRORED}.tar.gz`),
  );
  if (came !== objects) throw new Error(`mc brought ${came} of ${objects} objects`);
  return seconds;
}

interface Taking {
  readonly minio: StartedS3;
  /** Carries the object store, and the directory at `root` that the archive goes to. */
  readonly server: Server;
  readonly root: string;
  readonly objects: number;
}

async function take({ minio, server, root, objects }: Taking): Promise<number> {
  const store = directoryStore({ server, root });
  let manifest: Manifest | undefined;
  const seconds = await timed(
    async () => (manifest = await backUp(reachBuckets(minio, server), { store, unit: BUCKET })),
  );
  const taken = manifest?.units[0]?.counts.objects;
  if (taken !== objects) throw new Error(`Cofre brought ${taken} of ${objects} objects`);
  return seconds;
}

/** An object store by its address, asked from that server; each call gives a tag of its own. */
export function reachBuckets({ accessKey, secretKey, ip }: StartedS3, server: Server): Carried {
  const engine = engineById("s3");
  const target = engine.configSchema.parse({ host: ip, port: 9000, accessKey, secretKey });
  const { signal } = new AbortController();
  return { engine, reach: { host: server, server, target, tag: newTag(), signal } };
}

/** Texts of words with a tenth of random bytes before them. Deterministic. */
export function writeObjects(folder: string, objects: number): void {
  const words = WORDS.split(" ");
  const stream = createCipheriv("aes-128-ctr", Buffer.alloc(16, String(SEED)), Buffer.alloc(16));
  const zeros = Buffer.alloc(OBJECT_BYTES);
  for (let index = 0; index < objects; index += 1) {
    const random = stream.update(zeros);
    const text = Array.from(random, (byte) => words[byte % words.length]).join(" ");
    const body = Buffer.concat([random.subarray(0, OBJECT_BYTES / 10), Buffer.from(text)]);
    writeFileSync(join(folder, `order-${index}.json`), body.subarray(0, OBJECT_BYTES));
  }
}
