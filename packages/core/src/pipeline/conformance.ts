import { createHash, randomBytes } from "node:crypto";
import { posix } from "node:path";
import { type Duplex, Readable, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Command, Host } from "../host/host.ts";
import { type MemoryWatch, watchMemory } from "../testing/memory-watch.ts";
import { chain } from "./chain.ts";
import { meter } from "./meter.ts";
import type { Packer, Unpacker } from "./stage.ts";

/** A host that has the stage's program, and a folder there that may be written to. */
export interface StageBench extends AsyncDisposable {
  readonly host: Host;
  readonly folder: string;
}

/** A stage as the suite meets it: what unpacks may depend on the very archive, as a cipher's key does. */
export interface StageOnTrial {
  readonly packs: Packer;
  readonly opens: (packed: Buffer) => Promise<Unpacker>;
  /** Two archives joined are one archive of both; else they MUST be refused on both sides. */
  readonly joins: boolean;
}

const CUTS = 100;
const CORES = 2;
const HEAD_BYTES = 16_384;
const LARGE_BYTES = 144 * 1024 * 1024;
/** What is kept of the bytes is three quarters of them, see `watchMemory`. */
const MOST_GROWTH_BYTES = LARGE_BYTES / 3;
const SLOW_MS = 240_000;

/** What every stage promises: either side reads what the other wrote, and neither accepts what is cut or damaged. */
export function describeStage({ packs, opens, joins }: StageOnTrial, start: () => Promise<StageBench>): void {
  describe(`${packs.id} keeps the stage contract`, () => {
    let bench: StageBench;
    let count = 0;
    const sample = awkwardSample();
    let packedThere: Buffer;
    let packedHere: Buffer;
    let ofThere: Unpacker;
    let ofHere: Unpacker;

    beforeAll(async () => {
      bench = await start();
      packedThere = await there(packs.pack(CORES), sample);
      packedHere = await here(packs.packer(), sample);
      ofThere = await opens(packedThere);
      ofHere = await opens(packedHere);
    });
    afterAll(async () => await bench[Symbol.asyncDispose]());

    /** Runs a command on the host with a file as its stdin, which keeps bytes as they are. */
    async function there(command: Command, input: Buffer): Promise<Buffer> {
      count += 1;
      const path = posix.join(bench.folder, `input-${count}`);
      await bench.host.files.write(path, Readable.from([input]));
      try {
        return await buffer(bench.host.read(fromFile(command, path)));
      } finally {
        await bench.host.files.remove(path);
      }
    }

    test("the program there reads what Node wrote here", async () => {
      expect((await there(ofHere.unpack(), packedHere)).equals(sample)).toBe(true);
    });

    test("Node here reads what the program wrote there", async () => {
      expect((await here(ofThere.unpacker(), packedThere)).equals(sample)).toBe(true);
    });

    test.each([0, 1, 2, 8, 128])("the program runs on a server of %i cores", async (cores) => {
      const packed = await there(packs.pack(cores), sample);
      expect((await here((await opens(packed)).unpacker(), packed)).equals(sample)).toBe(true);
    });

    test("nothing packed is a valid archive of nothing, on both sides", async () => {
      const nothing = Buffer.alloc(0);
      const made = [await here(packs.packer(), nothing), await there(packs.pack(CORES), nothing)];
      for (const packed of made) {
        expect(packed.length).toBeGreaterThan(0);
        const unpacker = await opens(packed);
        expect((await here(unpacker.unpacker(), packed)).length).toBe(0);
        expect((await there(unpacker.unpack(), packed)).length).toBe(0);
      }
    });

    test("an empty file is refused on both sides", async () => {
      await expect(here(ofHere.unpacker(), Buffer.alloc(0))).rejects.toMatchObject({
        code: "archive.damaged",
      });
      await expect(there(ofHere.unpack(), Buffer.alloc(0))).rejects.toThrow();
    });

    test(`an archive cut at any of ${CUTS} places is refused by Node`, async () => {
      for (const at of places(packedThere.length)) {
        const cut = here(ofThere.unpacker(), packedThere.subarray(0, at));
        await expect(cut, `cut at ${at}`).rejects.toMatchObject({ code: "archive.damaged" });
      }
    });

    test(`an archive cut at any of ${CUTS} places is refused by the program`, {
      timeout: SLOW_MS,
    }, async () => {
      const whole = Readable.from([packedHere], { objectMode: false });
      await expect(bench.host.write(ofHere.unpack(), whole)).resolves.toMatchObject({ code: 0 });
      for (const at of places(packedHere.length)) {
        const cut = Readable.from([packedHere.subarray(0, at)], { objectMode: false });
        await expect(bench.host.write(ofHere.unpack(), cut), `cut at ${at}`).rejects.toThrow();
      }
    });

    test(`a flipped bit at any of ${CUTS} places never yields other bytes`, {
      timeout: SLOW_MS,
    }, async () => {
      for (const at of places(packedHere.length)) {
        await expectRefusedOrEqual(here(ofHere.unpacker(), flipped(packedHere, at)), { at, sample });
        if (at % 10 === 0)
          await expectRefusedOrEqual(there(ofHere.unpack(), flipped(packedHere, at)), { at, sample });
      }
    });

    test.each([1, 3, 12, 70_000])(
      "%i bytes of garbage behind the end are refused on both sides",
      async (size) => {
        const joined = Buffer.concat([packedHere, Buffer.alloc(size, "garbage")]);
        await expect(here(ofHere.unpacker(), joined)).rejects.toMatchObject({ code: "archive.damaged" });
        await expect(there(ofHere.unpack(), joined)).rejects.toThrow();
      },
    );

    test.runIf(joins)(
      "two archives joined read the same on both sides, and a cut second one is refused",
      async () => {
        const joined = Buffer.concat([packedHere, packedThere]);
        const twice = Buffer.concat([sample, sample]);
        expect((await here(ofHere.unpacker(), joined)).equals(twice)).toBe(true);
        expect((await there(ofHere.unpack(), joined)).equals(twice)).toBe(true);
        const cut = joined.subarray(0, joined.length - 1);
        await expect(here(ofHere.unpacker(), cut)).rejects.toMatchObject({ code: "archive.damaged" });
        await expect(there(ofHere.unpack(), cut)).rejects.toThrow();
      },
    );

    test.skipIf(joins)("two archives joined are refused on both sides", async () => {
      const joined = Buffer.concat([packedHere, packedHere]);
      await expect(here(ofHere.unpacker(), joined)).rejects.toMatchObject({ code: "archive.damaged" });
      await expect(there(ofHere.unpack(), joined)).rejects.toThrow();
    });

    test("an error of the dump reaches the reader through packer and unpacker, never an end", async () => {
      for (const through of [packs.packer(), ofHere.unpacker()]) {
        const error = new Error("the dump died");
        await expect(buffer(chain(dyingAfter(packedHere, error), through))).rejects.toBe(error);
      }
    });

    test("144 MB pass through Node and the program without memory growing", {
      timeout: SLOW_MS,
    }, async () => {
      const path = posix.join(bench.folder, "large");
      const sent = meter();
      const sending = watchMemory(LARGE_BYTES);
      await bench.host.files.write(path, chain(Readable.from(blocks(sending)), sent, packs.packer()));
      const head = { start: 0, end: HEAD_BYTES - 1 };
      const unpacker = await opens(await buffer(bench.host.files.read(path, { range: head })));
      const unpackedThere = await drained(bench.host.read(fromFile(unpacker.unpack(), path)));
      const unpackedHere = await drained(chain(bench.host.files.read(path), unpacker.unpacker()));
      await bench.host.files.remove(path);
      expect([unpackedThere.sha256, unpackedHere.sha256]).toEqual([sent.sha256(), sent.sha256()]);
      const growths = [sending.growthBytes(), unpackedThere.growthBytes, unpackedHere.growthBytes];
      expect(Math.max(...growths)).toBeLessThan(MOST_GROWTH_BYTES);
    });
  });
}

/** A host runs words, not redirections; `sh` opens the file and becomes the program. */
function fromFile(command: Command, path: string): Command {
  return {
    ...command,
    argv: ["sh", "-c", 'path=$1; shift; exec "$@" <"$path"', "sh", path, ...command.argv],
  };
}

async function here(through: Duplex, input: Buffer): Promise<Buffer> {
  return await buffer(chain(Readable.from([input]), through));
}

async function expectRefusedOrEqual(
  unpacked: Promise<Buffer>,
  whole: { at: number; sample: Buffer },
): Promise<void> {
  const result = await unpacked.catch(() => undefined);
  if (result !== undefined) expect(result.equals(whole.sample), `flipped at ${whole.at}`).toBe(true);
}

/** Text that packs well, noise that does not, and long runs: every kind of block. */
function awkwardSample(): Buffer {
  const text = Array.from(
    { length: 4_000 },
    (_, n) => `insert into t values (${n}, 'ação 🗝️ ${n * 7919}');`,
  ).join("\n");
  return Buffer.concat([
    Buffer.from(text),
    randomBytes(180_000),
    Buffer.alloc(300_000),
    Buffer.from("\0end"),
  ]);
}

function places(length: number): number[] {
  const spread = Array.from({ length: CUTS - 10 }, (_, n) => Math.floor((length * n) / (CUTS - 10)));
  const edges = [0, 1, 2, 3, 4, 5, 6, length - 3, length - 2, length - 1];
  return [...new Set([...spread, ...edges])];
}

function flipped(whole: Buffer, at: number): Buffer {
  const copy = Buffer.from(whole);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (at % 8)), at);
  return copy;
}

/** Gives the first half of the bytes, then fails. */
function dyingAfter(whole: Buffer, error: Error): Readable {
  return Readable.from(
    (async function* halfOnly() {
      yield whole.subarray(0, whole.length / 2);
      throw error;
    })(),
  );
}

function* blocks(memory: MemoryWatch): Generator<Buffer> {
  const seed = randomBytes(512 * 1024);
  const block = Buffer.concat([seed, Buffer.alloc(512 * 1024, "words that repeat ")]);
  for (let sent = 0; sent < LARGE_BYTES; sent += block.length) {
    block.writeUInt32LE(sent, 0);
    memory.saw(block.length);
    yield Buffer.from(block);
  }
}

async function drained(stream: Readable): Promise<{ readonly sha256: string; readonly growthBytes: number }> {
  const hash = createHash("sha256");
  const memory = watchMemory(LARGE_BYTES);
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      memory.saw(chunk.length);
      done();
    },
  });
  await pipeline(stream, sink);
  return { sha256: hash.digest("hex"), growthBytes: memory.growthBytes() };
}
