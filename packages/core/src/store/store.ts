import type { Readable } from "node:stream";
import type { ByteRange, Server } from "../host/host.ts";

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface Stored {
  readonly bytes: number;
  /** Lower-case hex of what was stored. */
  readonly sha256: string;
}

/** What a kind of store is asked in its trial beside the promises of every store. */
export interface OwnCheck {
  readonly id: string;
  /** The key is of this run. Resolves with a remark where the promise is kept and something is to be known all the same. */
  run(key: string): Promise<string | undefined>;
}

/** Where archives rest. Keys are relative paths with `/`; no `..`, no empty parts. */
export interface Store {
  /** For messages: `/opt/backups on web-1`, `s3://bucket/prefix`. */
  readonly name: string;

  /** MUST NOT show a key before its last byte is safe, MUST NOT overwrite (`store.exists`), MUST leave nothing when the source errors. */
  put(key: string, source: Readable, signal?: AbortSignal): Promise<Stored>;
  /** MUST error when fewer bytes come than asked; `archive.missing` when the key is not there. */
  get(key: string, options?: { readonly range?: ByteRange; readonly signal?: AbortSignal }): Readable;
  stat(key: string): Promise<StoredObject | undefined>;
  /** Everything under a prefix (a folder, or "" for all), in no promised order; partial and internal files are not shown. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Until when the store itself lets nobody remove it; undefined when nothing holds it, or nothing is there. */
  lockedUntil(key: string): Promise<Date | undefined>;
  /** Also what a put of this key left unseen when its process died. Nothing there is no error. `state.conflict` while it is locked. */
  remove(key: string): Promise<void>;
  /** Undefined where the store has no limit that it knows of. */
  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | undefined>;

  /** What "Test this store" asks of this kind beside the promises of all. */
  readonly checks?: readonly OwnCheck[];
  /** Set when the archives are files on a server: work can then be done there, without the bytes passing through Cofre. */
  readonly place?: Place;
}

export interface Place {
  readonly server: Server;
  /** Absolute folder; a key is a path below it. */
  readonly root: string;
}
