import type { CommandResult } from "./docker.ts";
import { imageOf } from "./image.ts";
import type { ThrowawayContainer } from "./start-container.ts";
import { startContainer } from "./start-container.ts";
import { untilReady } from "./until-ready.ts";

export interface StartRedisOptions {
  readonly appendonly?: boolean;
  readonly password?: string;
  /** More words for the server: `["--maxmemory", "64mb"]`. */
  readonly extra?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
}

export interface StartedRedis extends ThrowawayContainer {
  readonly version: string;
  readonly password: string | null;
  /** Runs redis-cli in the container, logged in; an error reply is an error, on every version. */
  cli(argv: readonly string[], stdin?: string | Uint8Array): Promise<string>;
  /** Waits until it answers; after `start()` on the port that `start()` gave. */
  ready(port?: number): Promise<void>;
}

/** A Redis of one test, loaded and answering. Its data is on a volume and survives `stop()`. */
export async function startRedis(version: string, options: StartRedisOptions = {}): Promise<StartedRedis> {
  const { appendonly = false, password } = options;
  const login = password === undefined ? [] : ["--requirepass", password];
  const container = await startContainer({
    image: imageOf("redis", version),
    name: `redis${version}`,
    cmd: ["redis-server", "--appendonly", appendonly ? "yes" : "no", ...login, ...(options.extra ?? [])],
    labels: options.labels,
    network: options.network,
    port: 6379,
  });
  const ready = (port = container.port) => untilRedisAnswers(container.host, port);
  await ready();
  return {
    ...container,
    version,
    password: password ?? null,
    ready,
    cli: async (argv, stdin) => {
      const env = password === undefined ? {} : { REDISCLI_AUTH: password };
      return reply(await container.exec(["redis-cli", ...argv], { env, stdin }));
    },
  };
}

/** redis-cli ends with 0 after an error reply, and `-e` is unknown to version 6. */
function reply({ code, stdout, stderr }: CommandResult): string {
  const text = stdout.toString().trimEnd();
  const isError =
    /^(?:\(error\) )?(?:ERR|NOAUTH|NOPERM|WRONGPASS|WRONGTYPE|MISCONF|LOADING|READONLY|OOM|EXECABORT) /.test(
      text,
    );
  if (code === 0 && !isError && !stderr.startsWith("AUTH failed")) return text;
  throw new Error(`redis-cli ended with ${code}: ${stderr.trim() || text}`);
}

async function untilRedisAnswers(host: string, port: number): Promise<void> {
  const isReady = (answer: Buffer) => /^(?:\+PONG|-NOAUTH)/.test(answer.toString());
  await untilReady({ host, port, hello: Buffer.from("PING\r\n"), isReady });
}
