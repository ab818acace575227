import { Duplex } from "node:stream";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { chain } from "./chain.ts";
import { failingAsDamaged } from "./damage.ts";
import type { Stage } from "./stage.ts";
import { frameCutter } from "./zstd-frames.ts";

const LEVEL = 3;
// Level 1 costs a third less, for archives of about the same size (a hundredth smaller on the benchmark's orders).
const LEVEL_WITH_FEW_CORES = 1;
const FEW_CORES = 3;

/** zstd with its own checksum: on the server by the `zstd` program, in Node by node:zlib. */
export const zstd: Stage = {
  id: "zstd",
  extension: ".zst",
  tool: "zstd",
  // One core is left to the database that is being dumped; where that leaves one or two, they are what a backup waits for.
  pack: (cores) => {
    const level = cores > FEW_CORES ? LEVEL : LEVEL_WITH_FEW_CORES;
    return { argv: ["zstd", "-q", `-${level}`, `-T${Math.max(1, Math.floor(cores) - 1)}`, "-c"] };
  },
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
