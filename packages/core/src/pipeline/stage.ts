import type { Duplex } from "node:stream";
import type { Command } from "../host/host.ts";

/** One thing that is done to a dump on its way to rest. Each exists twice, as a command and in Node, and either side reads what the other wrote. */
export interface Stage {
  /** For the manifest: `zstd`, `gzip`, `openpgp`. */
  readonly id: string;
  /** Appended to the file name: `.zst`, `.gz`, `.gpg`. */
  readonly extension: string;
  /** Program that must be on the server for `pack` and `unpack` there. */
  readonly tool: string;
  /** Packs stdin to stdout on a server with this many cores. */
  pack(cores: number): Command;
  /** Unpacks stdin to stdout. MUST exit non-zero when the input is cut or damaged. */
  unpack(): Command;
  packer(): Duplex;
  /** MUST error when the input is cut or damaged. */
  unpacker(): Duplex;
}

export const CODECS = ["zstd", "gzip", "none"] as const;
export type CodecId = (typeof CODECS)[number];
