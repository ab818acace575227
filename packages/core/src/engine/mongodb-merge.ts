import { PassThrough, type Readable } from "node:stream";
import { BSON } from "mongodb";
import type { Command } from "../host/host.ts";
import type { DumpPlan, Reach } from "./engine.ts";
import {
  ARCHIVE_MAGIC,
  type ArchiveHead,
  type ArchiveMember,
  ArchiveReader,
  type BlockHead,
} from "./mongodb-archive.ts";
import { ArchiveCount } from "./mongodb-check.ts";
import type { MongoTarget } from "./mongodb-target.ts";
import { tool } from "./mongodb-tools.ts";

const TERMINATOR = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/**
 * mongodump takes one database or all. For some of several, one program for each runs at the same time, and their archives become one:
 * first what all of them list, then whole blocks as they come, which the format lets mix.
 */
export function mergedDump(
  reach: Reach<MongoTarget>,
  units: readonly string[],
  warnings: readonly string[],
): Pick<DumpPlan, "source" | "conclude"> {
  const counts = units.map(() => new ArchiveCount());
  return {
    source: {
      via: "stream",
      open: (signal) => {
        const dumps = units.map((unit) => reach.host.read(command(reach, unit), { signal, tag: reach.tag }));
        return merged(dumps, counts);
      },
    },
    conclude: () => {
      const facts = counts.flatMap((count) => count.facts());
      return {
        facts: units.map((name) => facts.find((unit) => unit.name === name) ?? { name, counts: {} }),
        warnings,
      };
    },
  };
}

function command(reach: Reach<MongoTarget>, unit: string): Command {
  return tool(reach, 'exec mongodump "$@"', ["--archive", "--quiet", `--db=${unit}`]);
}

/** Errors when one of the dumps does: the others are then ended. */
function merged(dumps: readonly Readable[], counts: readonly ArchiveCount[]): Readable {
  const out = new PassThrough();
  const parts = dumps.map((dump, index) => new Part(dump, counts[index] ?? new ArchiveCount()));
  const giveUp = (error: unknown) => {
    for (const dump of dumps) dump.destroy();
    out.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  out.once("close", () => {
    for (const dump of dumps) dump.destroy();
  });
  join(parts, out).catch(giveUp);
  return out;
}

async function join(parts: readonly Part[], out: PassThrough): Promise<void> {
  await Promise.all(parts.map((part) => part.prelude()));
  const [first] = parts;
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(ARCHIVE_MAGIC);
  // mongorestore must be ready to take as many collections at once as were written at once.
  const concurrent = parts.reduce((sum, part) => sum + (part.head?.concurrent_collections ?? 1), 0);
  const head = BSON.serialize({ ...first?.head, concurrent_collections: new BSON.Int32(concurrent) });
  await write(out, [magic, Buffer.from(head), ...parts.flatMap((part) => part.members), TERMINATOR]);
  await Promise.all(
    parts.map(async (part) => {
      for await (const blocks of part.blocks()) await write(out, blocks);
    }),
  );
  out.end();
}

async function write(out: PassThrough, pieces: readonly Buffer[]): Promise<void> {
  if (pieces.length === 0 || out.write(Buffer.concat(pieces)) || out.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  out.once("drain", resolve);
  out.once("close", resolve);
  await promise;
}

/** One of the archives, read block by block. */
class Part {
  head: ArchiveHead | undefined;
  readonly members: Buffer[] = [];
  readonly #bytes: AsyncIterator<Buffer>;
  readonly #count: ArchiveCount;
  readonly #reader: ArchiveReader;
  #isPrelude = true;
  #block: Buffer[] = [];
  #whole: Buffer[] = [];

  constructor(dump: Readable, count: ArchiveCount) {
    this.#bytes = dump[Symbol.asyncIterator]();
    this.#count = count;
    this.#reader = new ArchiveReader({
      head: (head) => {
        this.head = head;
      },
      member: (member: ArchiveMember, raw) => {
        count.member(member);
        this.members.push(raw);
      },
      preludeEnd: () => {
        this.#isPrelude = false;
      },
      block: (block: BlockHead, raw) => {
        count.block(block);
        this.#block = [raw];
      },
      document: (block, raw) => {
        count.document(block, raw);
        this.#block.push(raw);
      },
      blockEnd: () => {
        count.blockEnd();
        this.#whole.push(...this.#block, TERMINATOR);
        this.#block = [];
      },
    });
  }

  async prelude(): Promise<void> {
    while (this.#isPrelude && (await this.#next()));
  }

  async *blocks(): AsyncGenerator<readonly Buffer[]> {
    do {
      const whole = this.#whole;
      this.#whole = [];
      yield whole;
    } while (await this.#next());
    this.#reader.end();
    // Throws when a collection has no end.
    this.#count.facts();
  }

  async #next(): Promise<boolean> {
    const { value, done } = await this.#bytes.next();
    if (done === true) return false;
    this.#reader.push(value);
    return true;
  }
}
