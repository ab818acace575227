import type { StartedS3, StartS3Options } from "./s3-server.ts";
import { startS3 } from "./s3-server.ts";

const MINIO = {
  engine: "minio",
  version: "RELEASE.2025-09-07T16-13-09Z",
  variables: { accessKey: "MINIO_ROOT_USER", secretKey: "MINIO_ROOT_PASSWORD" },
  cmd: ["server", "/data"],
  port: 9000,
  health: "/minio/health/ready",
} as const;

/** A MinIO of one test, ready for requests and without buckets. */
export function startMinio(options: StartS3Options = {}): Promise<StartedS3> {
  return startS3(MINIO, options);
}
