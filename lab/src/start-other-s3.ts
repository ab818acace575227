import type { StartedS3, StartS3Options } from "./s3-server.ts";
import { startS3 } from "./s3-server.ts";

const VERSITYGW = {
  engine: "versitygw",
  version: "v1.8.0",
  variables: { accessKey: "ROOT_ACCESS_KEY", secretKey: "ROOT_SECRET_KEY" },
  cmd: ["posix", "/data"],
  port: 7070,
  health: "/health",
} as const;

/** An S3 of one test by another maker than MinIO: VersityGW over a folder, ready for requests and without buckets. */
export function startOtherS3(options: StartS3Options = {}): Promise<StartedS3> {
  return startS3(VERSITYGW, options);
}
