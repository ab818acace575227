import type { Duplex } from "node:stream";
import type { Command } from "../host/host.ts";

/** Puts one thing on a dump on its way to rest: as a command where the data is, or in Node. */
export interface Packer {
  /** For the manifest: `zstd`, `gzip`, `openpgp`. */
  readonly id: string;
  /** Appended to the file name: `.zst`, `.gz`, `.gpg`. */
  readonly extension: string;
  /** Program that must be on the server for `pack` there. */
  readonly tool: string;
  /** Packs stdin to stdout on a server with this many cores. */
  pack(cores: number): Command;
  packer(): Duplex;
}

/** Takes it off again. Whatever side packed, either side unpacks. */
export interface Unpacker {
  readonly id: string;
  /** Program that must be on the server for `unpack` there. */
  readonly tool: string;
  /** Unpacks stdin to stdout. MUST exit non-zero when the input is cut or damaged. */
  unpack(): Command;
  /** MUST error when the input is cut or damaged. */
  unpacker(): Duplex;
}

/** Both ways, for what needs nothing but the bytes. A cipher is a Packer for its recipients and an Unpacker for one archive's key. */
export interface Stage extends Packer, Unpacker {}

export const CODECS = ["zstd", "gzip", "none"] as const;
export type CodecId = (typeof CODECS)[number];
