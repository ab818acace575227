import { createHash, randomBytes } from "node:crypto";
import { posix } from "node:path";
import { type Duplex, Readable, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Command, Host } from "../host/host.ts";
import { chain } from "./chain.ts";
import { meter } from "./meter.ts";
import type { Stage } from "./stage.ts";

/** A host that has the stage's program, and a folder there that may be written to. */
export interface StageBench extends AsyncDisposable {
  readonly host: Host;
  readonly folder: string;
}

const CUTS = 100;
const CORES = 2;
const LARGE_BYTES = 200 * 1024 * 1024;
const MOST_GROWTH_BYTES = 96 * 1024 * 1024;
const SLOW_MS = 240_000;

/** What every stage promises: either side reads what the other wrote, and neither accepts what is cut or damaged. */
export function describeStage(stage: Stage, start: () => Promise<StageBench>): void {
  describe(`${stage.id} keeps the stage contract`, () => {
    let bench: StageBench;
    let count = 0;
    const sample = awkwardSample();
    let packedThere: Buffer;
    let packedHere: Buffer;

    beforeAll(async () => {
      bench = await start();
      packedThere = await there(stage.pack(CORES), sample);
      packedHere = await here(stage.packer(), sample);
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
      expect((await there(stage.unpack(), packedHere)).equals(sample)).toBe(true);
    });

    test("Node here reads what the program wrote there", async () => {
      expect((await here(stage.unpacker(), packedThere)).equals(sample)).toBe(true);
    });

    test.each([0, 1, 2, 8, 128])("the program runs on a server of %i cores", async (cores) => {
      expect((await here(stage.unpacker(), await there(stage.pack(cores), sample))).equals(sample)).toBe(
        true,
      );
    });

    test("nothing packed is a valid archive of nothing, on both sides", async () => {
      const nothing = Buffer.alloc(0);
      const made = [await here(stage.packer(), nothing), await there(stage.pack(CORES), nothing)];
      for (const packed of made) {
        expect(packed.length).toBeGreaterThan(0);
        expect((await here(stage.unpacker(), packed)).length).toBe(0);
        expect((await there(stage.unpack(), packed)).length).toBe(0);
      }
    });

    test("an empty file is refused on both sides", async () => {
      await expect(here(stage.unpacker(), Buffer.alloc(0))).rejects.toMatchObject({
        code: "archive.damaged",
      });
      await expect(there(stage.unpack(), Buffer.alloc(0))).rejects.toThrow();
    });

    test(`an archive cut at any of ${CUTS} places is refused by Node`, async () => {
      for (const at of places(packedThere.length)) {
        const cut = here(stage.unpacker(), packedThere.subarray(0, at));
        await expect(cut, `cut at ${at}`).rejects.toMatchObject({ code: "archive.damaged" });
      }
    });

    test(`an archive cut at any of ${CUTS} places is refused by the program`, {
      timeout: SLOW_MS,
    }, async () => {
      for (const at of places(packedHere.length)) {
        await expect(there(stage.unpack(), packedHere.subarray(0, at)), `cut at ${at}`).rejects.toThrow();
      }
    });

    test(`a flipped bit at any of ${CUTS} places never yields other bytes`, {
      timeout: SLOW_MS,
    }, async () => {
      for (const at of places(packedHere.length)) {
        await expectRefusedOrEqual(here(stage.unpacker(), flipped(packedHere, at)), { at, sample });
        if (at % 10 === 0)
          await expectRefusedOrEqual(there(stage.unpack(), flipped(packedHere, at)), { at, sample });
      }
    });

    test.each([1, 3, 12, 70_000])(
      "%i bytes of garbage behind the end are refused on both sides",
      async (size) => {
        const joined = Buffer.concat([packedHere, Buffer.alloc(size, "garbage")]);
        await expect(here(stage.unpacker(), joined)).rejects.toMatchObject({ code: "archive.damaged" });
        await expect(there(stage.unpack(), joined)).rejects.toThrow();
      },
    );

    test("two archives joined read the same on both sides, and a cut second one is refused", async () => {
      const joined = Buffer.concat([packedHere, packedThere]);
      const twice = Buffer.concat([sample, sample]);
      expect((await here(stage.unpacker(), joined)).equals(twice)).toBe(true);
      expect((await there(stage.unpack(), joined)).equals(twice)).toBe(true);
      const cut = joined.subarray(0, joined.length - 1);
      await expect(here(stage.unpacker(), cut)).rejects.toMatchObject({ code: "archive.damaged" });
      await expect(there(stage.unpack(), cut)).rejects.toThrow();
    });

    test("an error of the dump reaches the reader through packer and unpacker, never an end", async () => {
      for (const through of [stage.packer(), stage.unpacker()]) {
        const error = new Error("the dump died");
        await expect(buffer(chain(dyingAfter(packedHere, error), through))).rejects.toBe(error);
      }
    });

    test("200 MB pass through Node and the program without memory growing", {
      timeout: SLOW_MS,
    }, async () => {
      const path = posix.join(bench.folder, "large");
      const before = process.memoryUsage().rss;
      const sent = meter();
      await bench.host.files.write(path, chain(Readable.from(blocks()), sent, stage.packer()));
      const unpackedThere = await drained(bench.host.read(fromFile(stage.unpack(), path)));
      const unpackedHere = await drained(chain(bench.host.files.read(path), stage.unpacker()));
      await bench.host.files.remove(path);
      expect([unpackedThere.sha256, unpackedHere.sha256]).toEqual([sent.sha256(), sent.sha256()]);
      expect(Math.max(unpackedThere.peakBytes, unpackedHere.peakBytes) - before).toBeLessThan(
        MOST_GROWTH_BYTES,
      );
    });
  });
}

/** A host runs words, not redirections; `sh` opens the file and becomes the program. */
function fromFile(command: Command, path: string): Command {
  return { argv: ["sh", "-c", 'path=$1; shift; exec "$@" <"$path"', "sh", path, ...command.argv] };
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

function* blocks(): Generator<Buffer> {
  const seed = randomBytes(512 * 1024);
  const block = Buffer.concat([seed, Buffer.alloc(512 * 1024, "words that repeat ")]);
  for (let sent = 0; sent < LARGE_BYTES; sent += block.length) {
    block.writeUInt32LE(sent, 0);
    yield Buffer.from(block);
  }
}

async function drained(stream: Readable): Promise<{ readonly sha256: string; readonly peakBytes: number }> {
  const hash = createHash("sha256");
  let peakBytes = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
      done();
    },
  });
  await pipeline(stream, sink);
  return { sha256: hash.digest("hex"), peakBytes };
}
