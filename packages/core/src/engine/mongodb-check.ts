import type { Readable } from "node:stream";
import { BSON } from "mongodb";
import { z } from "zod";
import type { DumpFormat, UnitFacts } from "../model/engine.ts";
import type { CheckPlan, Identified } from "./engine.ts";
import {
  ARCHIVE_MAGIC,
  type ArchiveEvents,
  ArchiveHead,
  type ArchiveMember,
  ArchiveReader,
  type BlockHead,
  damaged,
} from "./mongodb-archive.ts";
import { Crc64 } from "./mongodb-crc.ts";
import { isSystemDatabase } from "./mongodb-facts.ts";

export const MONGODB_ID = "mongodb";
export const ARCHIVE = "mongodb-archive";

export function archiveFormat(version: string): DumpFormat {
  return { name: ARCHIVE, version, extension: ".archive" };
}

/** By the magic number and the header behind it, which names the server's version. */
export function identifyArchive(head: Uint8Array): Identified | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== ARCHIVE_MAGIC) return undefined;
  const known = headOf(bytes.subarray(4));
  if (known === undefined) return undefined;
  return {
    engine: MONGODB_ID,
    format: archiveFormat(known.version),
    serverVersion: known.server_version === "" ? null : known.server_version,
  };
}

function headOf(bytes: Buffer): ArchiveHead | undefined {
  const length = bytes.length < 4 ? 0 : bytes.readInt32LE(0);
  if (length < 5 || length > bytes.length) return undefined;
  try {
    return ArchiveHead.safeParse(BSON.deserialize(bytes.subarray(0, length))).data;
  } catch {
    // Not BSON: the number was a chance.
    return undefined;
  }
}

interface Counted {
  readonly crc: Crc64;
  documents: number;
  isEnded: boolean;
}

/** Counts documents and recomputes the checksum of every collection that the prelude names. */
export class ArchiveCount implements ArchiveEvents {
  readonly #collections = new Map<string, Counted>();
  #current: Counted | undefined;

  head(): void {
    // Tells nothing to count.
  }

  member({ db, collection, type, metadata }: ArchiveMember): void {
    // A view has no documents, so no block of its own. Older tools say it in the options alone.
    if (type === "view" || isViewBy(metadata)) return;
    const stored = type === "timeseries" ? `system.buckets.${collection}` : collection;
    this.#collections.set(JSON.stringify([db, stored]), newCount());
  }

  preludeEnd(): void {
    // The list is complete; blocks follow.
  }

  block({ db, collection, EOF, CRC }: BlockHead): void {
    const counted = this.#collections.get(JSON.stringify([db, collection]));
    if (counted === undefined) throw damaged(`${db}.${collection} is in it but not in its own list`);
    if (counted.isEnded) throw damaged(`${db}.${collection} goes on after its end`);
    this.#current = counted;
    if (!EOF) return;
    counted.isEnded = true;
    if (counted.crc.value() !== CRC) throw damaged(`the checksum of ${db}.${collection} differs`);
  }

  document({ db, collection, EOF }: BlockHead, raw: Buffer): void {
    if (this.#current === undefined || EOF) throw damaged(`${db}.${collection} goes on after its end`);
    this.#current.crc.update(raw);
    this.#current.documents += 1;
  }

  blockEnd(): void {
    this.#current = undefined;
  }

  /** Throws `archive.damaged` when a collection of the list has not come to its end. */
  facts(): readonly UnitFacts[] {
    const units = new Map<string, Record<string, number>>();
    for (const [key, { documents, isEnded }] of this.#collections) {
      const [db, collection] = Key.parse(JSON.parse(key));
      if (!isEnded) throw damaged(`${db}.${collection} has no end`);
      const counts = units.get(db) ?? {};
      counts[collection] = documents;
      units.set(db, counts);
    }
    return [...units].filter(([name]) => !isSystemDatabase(name)).map(([name, counts]) => ({ name, counts }));
  }
}

const Key = z.tuple([z.string(), z.string()]);

function newCount(): Counted {
  return { crc: new Crc64(), documents: 0, isEnded: false };
}

function isViewBy(metadata: string): boolean {
  if (!metadata.includes("viewOn")) return false;
  try {
    return Metadata.safeParse(JSON.parse(metadata)).data?.options.viewOn !== undefined;
  } catch {
    return false;
  }
}

const Metadata = z.object({ options: z.object({ viewOn: z.string().optional() }) });

const Facts = z.array(z.object({ name: z.string(), counts: z.record(z.string(), z.number().int()) }));

/** Read in Cofre: mongorestore reads an archive only into a server, and its dry run stops before the first document. */
export function validateArchive(): CheckPlan {
  return {
    sink: { via: "stream", drain: countThrough },
    conclude: (output) => Facts.parse(JSON.parse(output)),
  };
}

async function countThrough(dump: Readable, signal: AbortSignal): Promise<string> {
  const count = new ArchiveCount();
  const reader = new ArchiveReader(count);
  for await (const chunk of dump) {
    signal.throwIfAborted();
    reader.push(chunk);
  }
  reader.end();
  return JSON.stringify(count.facts());
}
