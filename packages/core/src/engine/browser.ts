import type { Readable } from "node:stream";
import type { ByteRange } from "../host/host.ts";

/** A bucket as a person looks at it. */
export interface BrowsedBucket {
  readonly name: string;
  readonly createdAt: Date | null;
  /** Of what is there now; null when it is too much to be counted while somebody waits. */
  readonly objects: number | null;
  readonly bytes: number | null;
}

export interface BrowsedObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface BrowseRequest {
  readonly bucket: string;
  /** Only what begins with this; one level of folders, unless searching. */
  readonly prefix: string;
  /** Part of a key below the prefix, at any depth and in any case. */
  readonly search?: string;
  /** From the answer before. */
  readonly cursor?: string;
  readonly limit: number;
}

export interface BrowsedPage {
  /** Prefixes, each ending in a slash. */
  readonly folders: readonly string[];
  readonly objects: readonly BrowsedObject[];
  /** Null when this was the last page. A search may answer a page without anything in it and still have a next one. */
  readonly cursor: string | null;
}

/** An object that is being read; `content` MUST be read to its end or destroyed. */
export interface OpenedObject extends BrowsedObject {
  readonly etag: string;
  readonly contentType: string;
  /** Of the whole object, when only a part was asked for. */
  readonly totalBytes: number;
  readonly content: Readable;
}

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** Looks into a resource that holds objects, and changes single ones. Throws `target.*`; `not.found` for what is not there. */
export interface ObjectBrowser extends Disposable {
  /** In the order of their names; at most `limit` of those that come after `after`. */
  buckets(page?: {
    readonly after?: string | undefined;
    readonly limit?: number | undefined;
  }): Promise<readonly BrowsedBucket[]>;
  list(request: BrowseRequest): Promise<BrowsedPage>;
  /** Everything below a prefix, page by page. */
  walk(request: {
    readonly bucket: string;
    readonly prefix: string;
  }): AsyncGenerator<readonly BrowsedObject[]>;
  read(place: ObjectPlace, range?: ByteRange): Promise<OpenedObject>;
  /** Writes whole or not at all. */
  write(
    place: ObjectPlace,
    content: { readonly type: string; readonly bytes: Readable },
  ): Promise<{ readonly bytes: number }>;
  remove(place: ObjectPlace): Promise<void>;
}
