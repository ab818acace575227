import { directoryStore, type Manifest, type Store } from "@cofre/core";
import { type Result, resultOf, timed } from "./measure.ts";
import type { BenchServer } from "./server.ts";

interface Comparison {
  readonly prefix: string;
  readonly goal: number;
  readonly runs: number;
  /** The usual script's own lines; they write their archive to the path given. */
  planLine(archive: string): string;
  /** Takes away what those lines left beside the archive; not timed. */
  readonly tidyLine?: string;
  ours(store: Store): Promise<Manifest>;
}

/** The usual script's backup on the server against Cofre's into a directory beside it, in turn: time, and how much is stored. */
export async function measureAgainstPlan(bench: BenchServer, given: Comparison): Promise<readonly Result[]> {
  const root = `/opt/backups/bench-${given.prefix}`;
  const archive = `${root}/plan.gz`;
  await bench.line(`rm -rf ${root}; mkdir -p ${root}\n`);
  const store = directoryStore({ server: bench.server, root });
  const ratios: number[] = [];
  let stored = 0;
  for (let run = 0; run < given.runs; run += 1) {
    const plan = await timed(() => bench.line(given.planLine(archive)));
    await bench.line(`${given.tidyLine ?? ":"}\n`);
    const cofre = await timed(async () => (stored = (await given.ours(store)).archive.bytes));
    process.stderr.write(`  plan ${plan.toFixed(2)} s, cofre ${cofre.toFixed(2)} s\n`);
    ratios.push(cofre / plan);
  }
  const planBytes = Number((await bench.line(`wc -c < ${archive}\n`)).trim());
  await bench.line(`rm -rf ${root}\n`);
  // A pipe ends well although its first program failed: the usual script must have written something of the same size.
  if (planBytes < stored / 4)
    throw new Error(`the usual script's own line wrote ${planBytes} bytes, Cofre ${stored}`);
  return [
    resultOf(`${given.prefix}.backup/plan`, ratios, given.goal),
    resultOf(`${given.prefix}.stored/plan`, [stored / planBytes], null),
  ];
}
