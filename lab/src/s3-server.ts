import { imageOf } from "./image.ts";
import type { EngineName } from "./read-lab.ts";
import type { ThrowawayContainer } from "./start-container.ts";
import { startContainer } from "./start-container.ts";
import { untilReady } from "./until-ready.ts";

export interface StartS3Options {
  readonly version?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
  /** MinIO alone: the domain below which buckets are names of their own. */
  readonly domain?: string;
  /** MinIO alone: with its web console, at port 9001 of the container. */
  readonly console?: boolean;
}

export interface StartedS3 extends ThrowawayContainer {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Where this machine reaches it; buckets are in the path. */
  readonly endpoint: string;
}

interface Maker {
  readonly engine: EngineName;
  readonly version: string;
  /** The image's variables for the two keys. */
  readonly variables: { readonly accessKey: string; readonly secretKey: string };
  readonly cmd: readonly string[];
  readonly port: number;
  /** Answers 200 once requests are served. */
  readonly health: string;
}

/** What object stores have in common: two keys, one port, a path that tells health. */
export async function startS3(maker: Maker, options: StartS3Options): Promise<StartedS3> {
  const { accessKey = "labadmin", secretKey = 'lab "secret" $1 `id`/+=' } = options;
  const domain = options.domain === undefined ? {} : { MINIO_DOMAIN: options.domain };
  const pages = options.console ? { MINIO_BROWSER: "on", MINIO_CONSOLE_ADDRESS: ":9001" } : {};
  const container = await startContainer({
    image: imageOf(maker.engine, options.version ?? maker.version),
    name: maker.engine,
    env: {
      ...domain,
      ...pages,
      [maker.variables.accessKey]: accessKey,
      [maker.variables.secretKey]: secretKey,
    },
    cmd: maker.cmd,
    labels: options.labels,
    network: options.network,
    port: maker.port,
  });
  await untilReady({
    host: container.host,
    port: container.port,
    hello: Buffer.from(`GET ${maker.health} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    isReady: (answer) => answer.toString().startsWith("HTTP/1.1 200"),
  });
  return { ...container, accessKey, secretKey, endpoint: `http://${container.host}:${container.port}` };
}
