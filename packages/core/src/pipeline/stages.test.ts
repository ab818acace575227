import { expect, test } from "vitest";
import { createLocalServer } from "../host/local.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { describeStage, type StageBench } from "./conformance.ts";
import { gzip } from "./gzip.ts";
import { codec, stageById } from "./registry.ts";
import { CODECS } from "./stage.ts";
import { zstd } from "./zstd.ts";

async function startLocal(): Promise<StageBench> {
  const host = createLocalServer();
  const folder = await temporaryFolder();
  return {
    host,
    folder: folder.path,
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

for (const stage of [zstd, gzip]) {
  describeStage({ packs: stage, opens: () => Promise.resolve(stage), joins: true }, startLocal);
}

test("every codec but none is a stage, found again by the id in a manifest", () => {
  expect(CODECS.map((id) => codec(id)?.extension)).toEqual([".zst", ".gz", undefined]);
  expect([zstd, gzip].map((stage) => stageById(stage.id))).toEqual([zstd, gzip]);
  expect(stageById("rot13")).toBeUndefined();
});

test("zstd leaves one core to the database, and runs where there is only one", () => {
  const threads = [0, 1, 2, 8].map((cores) => zstd.pack(cores).argv.find((word) => word.startsWith("-T")));
  expect(threads).toEqual(["-T1", "-T1", "-T1", "-T7"]);
});
