import { createGunzip, createGzip } from "node:zlib";
import { failingAsDamaged } from "./damage.ts";
import type { Stage } from "./stage.ts";

/** gzip at its default level, for servers without zstd and for archives that must be readable everywhere. */
export const gzip: Stage = {
  id: "gzip",
  extension: ".gz",
  tool: "gzip",
  pack: () => ({ argv: ["gzip", "-c"] }),
  unpack: () => ({ argv: ["gzip", "-d", "-c"] }),
  packer: () => createGzip(),
  unpacker: () => failingAsDamaged(createGunzip(), "gzip"),
};
