import type { Duplex } from "node:stream";
import { Fault } from "../model/fault.ts";

/** Codes of node:zlib for input that is not what a packer wrote: `Z_DATA_ERROR`, `Z_BUF_ERROR`, `ZSTD_error_…`. */
const OF_ZLIB = /^(Z_|ZSTD_error_)/;

/** Makes a stream of node:zlib fail with `archive.damaged` where its input is cut or damaged; other errors pass as they are. */
export function failingAsDamaged<Stream extends Duplex>(stream: Stream, format: string): Stream {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error?: Error) => destroy(error === undefined ? undefined : asDamage(error, format));
  return stream;
}

/** The fault for bytes that are not whole in their own format. */
export function damaged(format: string, found: string, cause?: unknown): Fault {
  return new Fault("archive.damaged", `unpacking ${format} found ${found}`, {
    hint: "Do not use this archive; choose another backup, and look for faults of the disk that holds it.",
    cause,
  });
}

function asDamage(error: Error, format: string): Error {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return OF_ZLIB.test(code) ? damaged(format, error.message.toLowerCase(), error) : error;
}
