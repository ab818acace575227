import { fillOrders, fillPgbench, startOrders } from "./fixture.ts";
import { measureMariadb } from "./mariadb.ts";
import { type Result, resultOf } from "./measure.ts";
import { measureMongo } from "./mongodb.ts";
import { measurePostgres } from "./postgres.ts";
import { measureDownload, peakWhenStreaming, startProduct } from "./product.ts";
import { measureSmallObjects } from "./s3.ts";
import { measureLargeBucket } from "./s3-large.ts";
import type { BenchServer } from "./server.ts";

/** How much is measured, as a part of the full size, and how often. */
export interface Extent {
  readonly part: number;
  readonly runs: number;
}

/** What is measured together; the names of its results begin with `name`. */
export interface Group {
  readonly name: string;
  measure(bench: BenchServer, extent: Extent): Promise<readonly Result[]>;
}

const GIGABYTE = 1_000_000_000;
const PGBENCH_SCALE_PER_GB = 66;
const DOCUMENTS = 1_000_000;
const SMALL_OBJECTS = 10_000;
const LARGE_BUCKET = { objects: 100_000, bytes: 6 * GIGABYTE };

/** In the order in which they run and are printed. */
export const GROUPS: readonly Group[] = [
  { name: "postgres", measure: ordersResults },
  { name: "pgbench", measure: pgbenchResults },
  {
    name: "download",
    measure: async (bench, { part, runs }) => [
      await measureDownload(bench, { bytes: GIGABYTE * part, runs }),
    ],
  },
  { name: "memory", measure: memoryResults },
  { name: "start", measure: startResults },
  {
    name: "mariadb",
    measure: (bench, { part, runs }) => measureMariadb(bench, { bytes: GIGABYTE * 1.1 * part, runs }),
  },
  {
    name: "mongodb",
    measure: (bench, { part, runs }) => measureMongo(bench, { documents: Math.ceil(DOCUMENTS * part), runs }),
  },
  {
    name: "s3.small",
    measure: (bench, { part, runs }) =>
      measureSmallObjects(bench, { objects: Math.ceil(SMALL_OBJECTS * part), runs }),
  },
  {
    name: "s3.large",
    measure: (_bench, { part }) =>
      measureLargeBucket({
        objects: Math.ceil(LARGE_BUCKET.objects * part),
        bytes: LARGE_BUCKET.bytes * part,
      }),
  },
];

async function ordersResults(bench: BenchServer, { part, runs }: Extent): Promise<readonly Result[]> {
  await using postgres = await startOrders("18");
  await fillOrders(postgres, "shop", GIGABYTE * 1.1 * part);
  return await measurePostgres("postgres", { bench, postgres, database: "shop", runs });
}

async function pgbenchResults(bench: BenchServer, { part }: Extent): Promise<readonly Result[]> {
  await using postgres = await startOrders("18");
  await postgres.sql("create database pgbench", "postgres");
  await fillPgbench(postgres, "pgbench", Math.max(1, Math.round(part * PGBENCH_SCALE_PER_GB)));
  return await measurePostgres("pgbench", { bench, postgres, database: "pgbench", runs: 1 });
}

/** One part of data, then five of them. */
async function memoryResults(bench: BenchServer, { part }: Extent): Promise<readonly Result[]> {
  const one = await peakWhenStreaming(bench, GIGABYTE * part);
  const five = await peakWhenStreaming(bench, GIGABYTE * part * 5);
  console.error(`  peaks: ${Math.round(one / 1e6)} MB, ${Math.round(five / 1e6)} MB`);
  return [resultOf("memory.5g/1g", [five / one], 1.15)];
}

async function startResults(_bench: BenchServer, { runs }: Extent): Promise<readonly Result[]> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await using product = await startProduct();
    seconds.push(product.startSeconds);
  }
  return [resultOf("start.seconds", seconds, null)];
}
