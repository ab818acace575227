import { directoryStore, type Manifest, restoreBackup, type Store } from "@cofre/core";
import type { StartedPostgres } from "@cofre/lab";
import { backUp, type Carried, reachContainer, workOf } from "./backup.ts";
import { settle } from "./fixture.ts";
import { type Result, resultOf, timed } from "./measure.ts";
import type { BenchServer } from "./server.ts";

const ROOT = "/opt/backups/bench";
const PLAIN = `${ROOT}/plan.sql.gz`;

interface Bench {
  readonly bench: BenchServer;
  readonly postgres: StartedPostgres;
  readonly database: string;
  readonly runs: number;
}

/** Seconds of every round, by what was done. */
type Times = Record<"plan" | "bare" | "counts" | "digests" | "load" | "whole" | "psql", number[]>;

/** Backup and restore of one database against the usual scripts and the bare tools, in turn. */
export async function measurePostgres(prefix: string, given: Bench): Promise<readonly Result[]> {
  const { bench } = given;
  await bench.line(`mkdir -p ${ROOT}`);
  const store = directoryStore({ server: bench.server, root: ROOT });
  const times: Times = { plan: [], bare: [], counts: [], digests: [], load: [], whole: [], psql: [] };
  let stored = 0;
  for (let run = 0; run < given.runs; run += 1) {
    await settle(given.postgres, given.database);
    note(times, "plan", await timed(() => bench.line(dumpLine(given, `gzip > ${PLAIN}`))));
    note(times, "bare", await timed(() => bench.line(bareLine(given))));
    note(times, "counts", await timed(() => take(given, store, "none")));
    let manifest: Manifest | undefined;
    note(times, "digests", await timed(async () => (manifest = await take(given, store, "auto"))));
    if (manifest === undefined) throw new Error("no backup was taken");
    stored = manifest.archive.bytes;
    note(times, "psql", await timePsql(given));
    const { load, whole } = await timeRestore(given, store, manifest);
    note(times, "load", load);
    note(times, "whole", whole);
  }
  const planBytes = Number((await bench.line(`wc -c < ${PLAIN}`)).trim());
  await bench.line(`rm -rf ${ROOT}`);
  return [
    resultOf(`${prefix}.backup/plan`, ratios(times, "digests", "plan"), 0.35),
    resultOf(`${prefix}.backup/bare`, ratios(times, "counts", "bare"), 1.15),
    resultOf(`${prefix}.backup+digests/bare`, ratios(times, "digests", "bare"), 1.3),
    resultOf(`${prefix}.restore/plan`, ratios(times, "load", "psql"), 1),
    resultOf(`${prefix}.restore.whole/plan`, ratios(times, "whole", "psql"), null),
    resultOf(`${prefix}.stored/plan`, [stored / planBytes], null),
  ];
}

function note(times: Times, name: keyof Times, seconds: number): void {
  times[name].push(seconds);
  process.stderr.write(`  ${name} ${seconds.toFixed(2)} s\n`);
}

/** Pairs of the same round: the machine's speed drifts, the ratio does not. */
function ratios(times: Times, ours: keyof Times, theirs: keyof Times): number[] {
  return times[ours].map((seconds, run) => seconds / (times[theirs][run] ?? Number.NaN));
}

function dumpLine({ postgres, database }: Bench, then: string, words = ""): string {
  return `docker exec ${postgres.name} pg_dump -U ${postgres.user} ${words} -d ${database} | ${then}\n`;
}

function bareLine(given: Bench): string {
  const then = `zstd -q -3 -T0 -c | tee ${ROOT}/bare.zst | sha256sum > ${ROOT}/bare.sum; rm ${ROOT}/bare.zst`;
  return dumpLine(given, then, "-Fc -Z0");
}

/** The usual script's restore, made as kind to it as can be: into an empty database, so that nothing is left over and nothing fails. */
async function timePsql({ bench, postgres }: Bench): Promise<number> {
  await postgres.sql("drop database if exists plan_copy", "postgres");
  await postgres.sql("create database plan_copy", "postgres");
  await postgres.sql("checkpoint", "postgres");
  const psql = `docker exec -i ${postgres.name} psql -q -U ${postgres.user} -d plan_copy`;
  const seconds = await timed(() => bench.line(`gunzip -c ${PLAIN} | ${psql} > /dev/null\n`));
  await postgres.sql("drop database plan_copy", "postgres");
  await postgres.sql("checkpoint", "postgres");
  return seconds;
}

async function take(given: Bench, store: Store, digests: "auto" | "none"): Promise<Manifest> {
  return await backUp(await reachOf(given), { store, unit: given.database, digests });
}

/** Seconds of load and switch alone, and of the whole with validation and a safety backup of what was there. */
async function timeRestore(
  given: Bench,
  store: Store,
  manifest: Manifest,
): Promise<{ readonly load: number; readonly whole: number }> {
  const { engine, reach } = await reachOf(given);
  let began: number | undefined;
  const work = workOf(reach.tag, (step) => {
    if (step.phase === "loading") began ??= performance.now();
  });
  const whole = await timed(() =>
    restoreBackup(work, {
      engine,
      reach,
      store,
      manifest,
      units: [{ from: given.database, into: given.database }],
      protect: async () => void (await take(given, store, "auto")),
    }),
  );
  if (began === undefined) throw new Error("nothing was loaded");
  const load = (performance.now() - began) / 1000;
  await given.postgres.sql(
    "select format('drop database %I', datname) from pg_database where datname like 'cofre_old%' \\gexec",
    "postgres",
  );
  return { load, whole };
}

async function reachOf({ bench, postgres }: Bench): Promise<Carried> {
  return await reachContainer(bench, "postgres", postgres.name);
}
