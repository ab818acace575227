import type { Inspection } from "../model/engine.ts";
import type { Engine, Reach } from "./engine.ts";
import { browseBuckets } from "./s3-browse.ts";
import { checkBuckets } from "./s3-check.ts";
import { detectS3, minioConsole } from "./s3-detect.ts";
import { dumpBuckets } from "./s3-dump.ts";
import { FORMAT, identifyBuckets, S3_VERSION } from "./s3-format.ts";
import { listBuckets } from "./s3-list.ts";
import { restoreBuckets } from "./s3-restore.ts";
import { BucketTarget } from "./s3-target.ts";
import { openS3 } from "./s3-way.ts";

/** Buckets of MinIO and any other S3, read and written through their API. Each object is whole; together they are not of one moment. */
export const s3: Engine<BucketTarget> = {
  id: "s3",
  kind: "files",
  label: "S3",
  capabilities: {
    unit: "bucket",
    combinesUnits: true,
    consistent: false,
    stagedRestore: false,
    atomicRestore: false,
    downtime: "none",
    keepsOld: false,
    selective: false,
    restoreNeedsContainer: false,
    restoreOptions: [],
  },
  formats: [FORMAT.name],
  defaultPort: 9000,
  configSchema: BucketTarget,
  secretFields: ["secretKey"],
  detect: detectS3,
  webConsole: minioConsole,
  inspect: inspectBuckets,
  dump: dumpBuckets,
  identify: identifyBuckets,
  validate: checkBuckets,
  restore: restoreBuckets,
  browse: browseBuckets,
};

/** Sizes are a listing of everything: they are asked for apart, where somebody looks at them. */
async function inspectBuckets(reach: Reach<BucketTarget>): Promise<Inspection> {
  using s3 = openS3(reach);
  const buckets = await listBuckets(s3.client, reach.target, reach.signal);
  return { version: S3_VERSION, units: buckets.map(({ name }) => ({ name, sourceBytes: null })) };
}
