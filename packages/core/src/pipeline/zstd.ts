import { Duplex } from "node:stream";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { chain } from "./chain.ts";
import { failingAsDamaged } from "./damage.ts";
import type { Stage } from "./stage.ts";
import { frameCutter } from "./zstd-frames.ts";

const LEVEL = 3;

/** zstd at level 3 with its own checksum: on the server by the `zstd` program, in Node by node:zlib. */
export const zstd: Stage = {
  id: "zstd",
  extension: ".zst",
  tool: "zstd",
  // One core is left to the database that is being dumped.
  pack: (cores) => ({ argv: ["zstd", "-q", `-${LEVEL}`, `-T${Math.max(1, Math.floor(cores) - 1)}`, "-c"] }),
  unpack: () => ({ argv: ["zstd", "-q", "-d", "-c"] }),
  packer: () =>
    createZstdCompress({
      // nbWorkers stays unset: with it the stream dies of `push after EOF` and truncates (Node 24).
      params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
    }),
  unpacker: () => {
    const writable = frameCutter();
    const readable = chain(writable, failingAsDamaged(createZstdDecompress(), "zstd"));
    return Duplex.from({ writable, readable });
  },
};
