import { readdirSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "../host.ts";

/** What a suite of hosts is run against. */
export interface HostGround extends AsyncDisposable {
  readonly host: Host;
  /** The machine that carries the host, when it is another one: its `ps` must not show secrets either. */
  readonly carrier?: Host;
  /** An empty folder where the host's user may write; the suite leaves things there. */
  readonly folder: string;
  /** Where the disks are that the suite was told of. */
  readonly disks?: Readonly<Partial<Record<Disk, string>>>;
}

/** Folders that refuse: on a small tmpfs, on a read-only file system, without the user's right to write. */
export type Disk = "small" | "readOnly" | "forbidden";

export const HOSTILE_WORDS = {
  quotes: `it's "quoted" \`back\` ''`,
  "shell words": "$(touch /tmp/cofre-was-here) $HOME ; reboot & | > <",
  newlines: "one\ntwo\r\n\tthree\n",
  "a leading dash": "-rf --no-preserve-root",
  backslashes: "\\ \\n \\\\ trailing\\",
  "emoji and accents": "🗄️ cópia ação ñ 日本語",
  spaces: "  two  spaces  ",
  "255 bytes": `${"ç".repeat(127)}x`,
} as const;

/** Every command line that `ps` would show where the host lives. */
export async function commandLines(host: Host): Promise<string> {
  const script = `cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' '; exit 0`;
  return (await host.run({ argv: ["sh", "-c", script] })).stdout;
}

/** The same for the machine that runs the suite. */
export function localCommandLines(): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => commandLineOf(pid)).join("\n");
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // it ended meanwhile
  }
}

/** Waits until a word is in no command line there; false when it stays for ten seconds. */
export async function isGone(host: Host, word: string): Promise<boolean> {
  for (let turn = 0; turn < 50; turn += 1) {
    if (!(await commandLines(host)).includes(word)) return true;
    await sleep(200);
  }
  return false;
}

/** Waits until a word shows up in a command line there. */
export async function hasAppeared(host: Host, word: string): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    if ((await commandLines(host)).includes(word)) return;
    await sleep(100);
  }
  throw new Error(`nothing that is called ${word} was started`);
}

/** A source that gives something and then breaks. */
export function breakingSource(message: string, bytesBefore = 100_000): Readable {
  return Readable.from(
    (async function* () {
      yield Buffer.alloc(bytesBefore, "x");
      await sleep(300);
      throw new Error(message);
    })(),
    { objectMode: false },
  );
}

/** A source that gives something and then neither ends nor goes on. */
export function hangingSource(): Readable {
  let isFirst = true;
  return new Readable({
    read() {
      if (isFirst) this.push(Buffer.alloc(1000, "x"));
      isFirst = false;
    },
  });
}

/** Reads to the end and drops it; resolves with the bytes, rejects with the stream's error. */
export async function drain(stream: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}
