import { BSON } from "mongodb";
import { z } from "zod";
import { Fault } from "../model/fault.ts";

/**
 * The archive of mongodump, as mongo-tools' common/archive writes it: a magic number; a prelude of a header and one document for each
 * collection, ended by a terminator; then blocks, each a header (database, collection), documents and a terminator. The last block of a
 * collection is empty, says EOF and carries the CRC-64 of all its documents. All numbers are little-endian.
 */
export const ARCHIVE_MAGIC = 0x8199e26d;
const TERMINATOR = -1;
/** BSON's own limit of 16 MiB and what servers and tools put around it. */
const LONGEST_DOCUMENT_BYTES = 48 << 20;
const SHORTEST_DOCUMENT_BYTES = 5;

export const ArchiveHead = z.object({
  concurrent_collections: z.number().int(),
  version: z.string(),
  server_version: z.string(),
  tool_version: z.string(),
});
export type ArchiveHead = z.infer<typeof ArchiveHead>;

export const ArchiveMember = z.object({
  db: z.string(),
  collection: z.string(),
  /** Extended JSON: options and indexes. */
  metadata: z.string(),
  type: z.string().optional(),
});
export type ArchiveMember = z.infer<typeof ArchiveMember>;

export const BlockHead = z.object({
  db: z.string(),
  collection: z.string(),
  EOF: z.boolean(),
  CRC: z.bigint(),
});
export type BlockHead = z.infer<typeof BlockHead>;

/** What is met on the way through an archive, in its order, with the bytes as they stood. */
export interface ArchiveEvents {
  head(head: ArchiveHead): void;
  member(member: ArchiveMember, raw: Buffer): void;
  preludeEnd(): void;
  block(block: BlockHead, raw: Buffer): void;
  document(block: BlockHead, raw: Buffer): void;
  blockEnd(block: BlockHead): void;
}

type State = "magic" | "head" | "members" | "between" | { readonly block: BlockHead };

/** Reads an archive in pieces of any size. Throws `archive.damaged` at the first byte that does not belong there. */
export class ArchiveReader {
  readonly #events: ArchiveEvents;
  #state: State = "magic";
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #wantedBytes = 4;

  constructor(events: ArchiveEvents) {
    this.#events = events;
  }

  push(chunk: Uint8Array): void {
    this.#pending.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#pendingBytes += chunk.byteLength;
    // Joined only once something whole is there: a long document comes in many pieces.
    if (this.#pendingBytes < this.#wantedBytes) return;
    const [only] = this.#pending;
    const bytes = only !== undefined && this.#pending.length === 1 ? only : Buffer.concat(this.#pending);
    const rest = bytes.subarray(this.#readFrom(bytes));
    this.#pending = rest.length === 0 ? [] : [rest];
    this.#pendingBytes = rest.length;
  }

  /** MUST be called once the last byte was pushed: an archive that stops between two collections shows only here and in its members. */
  end(): void {
    if (this.#pendingBytes > 0 || this.#state !== "between") throw damaged("it ends in the middle");
  }

  #readFrom(bytes: Buffer): number {
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = this.#lengthAt(bytes, at);
      if (bytes.length - at < length) {
        this.#wantedBytes = length;
        return at;
      }
      this.#take(bytes.subarray(at, at + length));
      at += length;
    }
    this.#wantedBytes = 4;
    return at;
  }

  #lengthAt(bytes: Buffer, at: number): number {
    const length = bytes.readInt32LE(at);
    if (this.#state === "magic" || length === TERMINATOR) return 4;
    if (length >= SHORTEST_DOCUMENT_BYTES && length <= LONGEST_DOCUMENT_BYTES) return length;
    throw damaged(`a document of ${length} bytes cannot be`);
  }

  #take(raw: Buffer): void {
    const state = this.#state;
    if (state === "magic") this.#state = magic(raw);
    else if (raw.length === 4) this.#state = this.#terminated(state);
    else if (raw.at(-1) !== 0) throw damaged("a document has no end");
    else if (typeof state === "object") this.#events.document(state.block, raw);
    else this.#state = this.#headed(state, raw);
  }

  #headed(state: "head" | "members" | "between", raw: Buffer): State {
    if (state === "head") {
      this.#events.head(decoded(ArchiveHead, raw));
      return "members";
    }
    if (state === "members") {
      this.#events.member(decoded(ArchiveMember, raw), raw);
      return "members";
    }
    const block = decoded(BlockHead, raw);
    this.#events.block(block, raw);
    return { block };
  }

  #terminated(state: Exclude<State, "magic">): State {
    if (state === "members") this.#events.preludeEnd();
    else if (typeof state === "object") this.#events.blockEnd(state.block);
    else throw damaged("a mark of an end stands where nothing ends");
    return "between";
  }
}

function magic(raw: Buffer): State {
  if (raw.readUInt32LE(0) !== ARCHIVE_MAGIC) throw damaged("it does not begin as an archive of mongodump");
  return "head";
}

function decoded<T>(schema: z.ZodType<T>, raw: Buffer): T {
  let document: unknown;
  try {
    document = BSON.deserialize(raw, { useBigInt64: true });
  } catch (cause) {
    throw damaged("one of its own documents is not BSON", cause);
  }
  const read = schema.safeParse(document);
  if (read.success) return read.data;
  throw damaged("one of its own documents says something else", read.error);
}

export function damaged(found: string, cause?: unknown): Fault {
  return new Fault("archive.damaged", `the archive of mongodump is not whole: ${found}`, {
    hint: "Do not use this backup; choose another and validate it.",
    ...(cause === undefined ? {} : { cause }),
  });
}
