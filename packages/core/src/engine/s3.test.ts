import { absentReason, faultyTcpProxy, startMinio } from "@cofre/lab";
import { describe } from "vitest";
import { startS3Specimen } from "../testing/s3-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { s3 } from "./s3.ts";

const reason = absentReason({ engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" });

describe.skipIf(reason !== null)(reason ?? "MinIO", () => {
  describeEngine(s3, async () => {
    const ground = await startMinio();
    return await startS3Specimen({ ground, proxy: await faultyTcpProxy({ target: ground }) });
  });
});
