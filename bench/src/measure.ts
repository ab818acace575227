import { spawn } from "node:child_process";
import { cpus, release, totalmem } from "node:os";

export interface Result {
  readonly name: string;
  readonly value: number;
  /** At most this is wanted; null where nothing was promised. */
  readonly goal: number | null;
  /** The runs that the value is the median of. */
  readonly runs: readonly number[];
  readonly machine: string;
}

export const MACHINE = `${cpus()[0]?.model ?? "cpu"} x ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

export function resultOf(name: string, runs: readonly number[], goal: number | null): Result {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  return { name, value: round(median(runs)), goal, runs: runs.map(round), machine: MACHINE };
}

/** Seconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Runs a program to its end and returns what it printed; its errors are shown. */
export async function shell(argv: readonly [string, ...string[]], stdin = ""): Promise<string> {
  const [program, ...words] = argv;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${program} ended with ${code}`)),
    );
    child.stdin.end(stdin);
  });
}

/** Runs a program to its end and throws its output away. */
export async function drained(argv: readonly [string, ...string[]]): Promise<number> {
  const [program, ...words] = argv;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
    let bytes = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(bytes) : reject(new Error(`${program} ended with ${code}`)),
    );
  });
}
