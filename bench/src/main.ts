import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillOrders, fillPgbench, startOrders } from "./fixture.ts";
import { MACHINE, type Result, resultOf } from "./measure.ts";
import { measurePostgres } from "./postgres.ts";
import { measureDownload, peakWhenStreaming, startProduct } from "./product.ts";
import { type BenchServer, connectBench } from "./server.ts";

const GIGABYTE = 1_000_000_000;
const PGBENCH_SCALE_PER_GB = 66;

/** Measures the data path in ratios against the plain tools on the same machine; `--quick` takes a tenth of the data. */
const isQuick = process.argv.includes("--quick");
const size = isQuick ? GIGABYTE / 10 : GIGABYTE;
const runs = 3;

console.error(`bench: ${isQuick ? "a tenth of the size" : "full size"}, ${MACHINE}`);
const folder = mkdtempSync(join(tmpdir(), "cofre-bench-"));
const results: Result[] = [];
await using bench = await connectBench(folder);
results.push(...(await postgresResults(bench)));
results.push(await measureDownload(bench, { bytes: size, runs }));
results.push(await memoryResult(bench));
results.push(await startResult());
writeFileSync(join(import.meta.dirname, "../results.json"), `${JSON.stringify(results, null, 2)}\n`);
printTable(results);

async function postgresResults(on: BenchServer): Promise<readonly Result[]> {
  await using postgres = await startOrders("18");
  say("filling the orders");
  await fillOrders(postgres, "shop", size * 1.1);
  const orders = await measurePostgres("postgres", { bench: on, postgres, database: "shop", runs });
  await postgres.sql("drop database if exists pgbench", "postgres");
  await postgres.sql("create database pgbench", "postgres");
  say("filling pgbench's tables");
  await fillPgbench(postgres, "pgbench", Math.max(1, Math.round((size / GIGABYTE) * PGBENCH_SCALE_PER_GB)));
  return [
    ...orders,
    ...(await measurePostgres("pgbench", { bench: on, postgres, database: "pgbench", runs: 1 })),
  ];
}

async function memoryResult(on: BenchServer): Promise<Result> {
  say("memory with one part of data, then with five");
  const one = await peakWhenStreaming(on, size);
  const five = await peakWhenStreaming(on, size * 5);
  say(`peaks: ${Math.round(one / 1e6)} MB, ${Math.round(five / 1e6)} MB`);
  return resultOf("memory.5g/1g", [five / one], 1.15);
}

async function startResult(): Promise<Result> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await using product = await startProduct();
    seconds.push(product.startSeconds);
  }
  return resultOf("start.seconds", seconds, null);
}

function say(text: string): void {
  console.error(`bench: ${text}`);
}

function printTable(rows: readonly Result[]): void {
  for (const { name, value, goal } of rows) {
    const wanted = goal === null ? "" : `  goal ≤ ${goal}  ${value <= goal ? "met" : "MISSED"}`;
    console.log(`${name.padEnd(30)} ${String(value).padStart(8)}${wanted}`);
  }
}
