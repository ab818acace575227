import { absentReason, extentsOf, faultyTcpProxy, startMinio, startOtherS3 } from "@cofre/lab";
import { describe } from "vitest";
import { MINIO, OTHER_S3 } from "../testing/s3-bench.ts";
import { type S3Ground, startS3Specimen } from "../testing/s3-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { s3 } from "./s3.ts";

const specimenAt = async (ground: S3Ground) =>
  await startS3Specimen({ ground, proxy: await faultyTcpProxy({ target: ground }) });

const reason = absentReason(MINIO);

describe.skipIf(reason !== null)(reason ?? "MinIO", () => {
  describeEngine(s3, async () => await specimenAt(await startMinio()));
});

const otherReason = absentReason(OTHER_S3);

// What only MinIO does is no promise of S3.
describe.skipIf(otherReason !== null)(otherReason ?? "versitygw", () => {
  const lacks = ["versions", "odd keys", "tags"] as const;
  for (const { extent } of extentsOf({ [OTHER_S3.version]: "round trips" })) {
    describeEngine(s3, async () => await specimenAt({ ...(await startOtherS3()), lacks }), extent);
  }
});
