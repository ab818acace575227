import { imageOf } from "./image.ts";
import type { ThrowawayContainer } from "./start-container.ts";
import { startContainer } from "./start-container.ts";
import { untilReady } from "./until-ready.ts";

export interface StartMinioOptions {
  readonly version?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
}

export interface StartedS3 extends ThrowawayContainer {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Where this machine reaches it; buckets are in the path. */
  readonly endpoint: string;
}

const VERSION = "RELEASE.2025-09-07T16-13-09Z";

/** A MinIO of one test, ready for requests and without buckets. */
export async function startMinio(options: StartMinioOptions = {}): Promise<StartedS3> {
  const { version = VERSION, accessKey = "labadmin", secretKey = 'lab "secret" $1 `id`/+=' } = options;
  const container = await startContainer({
    image: imageOf("minio", version),
    name: "minio",
    env: { MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey },
    cmd: ["server", "/data"],
    labels: options.labels,
    network: options.network,
    port: 9000,
  });
  await untilReady({
    host: container.host,
    port: container.port,
    hello: Buffer.from("GET /minio/health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    isReady: (answer) => answer.toString().startsWith("HTTP/1.1 200"),
  });
  return { ...container, accessKey, secretKey, endpoint: `http://${container.host}:${container.port}` };
}
