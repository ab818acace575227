import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { isIP } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { Fault } from "../model/fault.ts";
import type { Secret } from "../model/secret.ts";

/** How an S3 is reached, whoever makes it. */
export interface S3Target {
  /** `https://s3.example.com` or `http://10.0.0.5:9000`; no path, no query, no user. */
  readonly endpoint: string;
  /** `us-east-1` where the provider knows none. */
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: Secret;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`: MinIO and most that are not AWS. */
  readonly pathStyle: boolean;
  /** PEM certificates that are trusted for this endpoint instead of the system's. */
  readonly ca?: string;
}

/** Opens a connection to an address in another way than from this machine: a server's own `dial`, or one behind a guard. */
export type Dial = (host: string, port: number) => Promise<Duplex>;

interface S3Reach {
  readonly dial?: Dial;
  /** Tries of one request in all, the first included; 3 unless told otherwise. */
  readonly attempts?: number;
  /** How long a connection may say nothing before its request fails; two minutes unless told otherwise. */
  readonly silenceMs?: number;
}

const CONNECTING_MS = 10_000;
/** Silence of a socket, not length, is what ends a request. */
const SILENCE_MS = 120_000;
const MOST_SOCKETS = 64;

/**
 * The client of one S3; nothing is sent before the first request. `destroy()` it once it is not needed any more.
 * Checksum headers are sent only where S3 demands them, since many providers refuse the newer ones.
 *
 * @throws Fault `input.invalid` when the endpoint is no address of a server
 */
export function connectS3(
  target: S3Target,
  { dial, attempts = 3, silenceMs = SILENCE_MS }: S3Reach = {},
): S3Client {
  const endpoint = checkedEndpoint(target.endpoint);
  const config: S3ClientConfig = {
    endpoint: endpoint.origin,
    region: target.region,
    forcePathStyle: target.pathStyle,
    credentials: { accessKeyId: target.accessKey, secretAccessKey: target.secretKey.reveal() },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: attempts,
    // It would cost each large upload a connection of its own.
    expectContinueHeader: false,
    requestHandler: {
      ...agents(endpoint, target.ca, dial),
      connectionTimeout: CONNECTING_MS,
      socketTimeout: silenceMs,
    },
  };
  return new S3Client(config);
}

/** @throws Fault `input.invalid` */
function checkedEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
  if (url !== undefined && isPlain && /^https?:$/.test(url.protocol)) return url;
  throw new Fault("input.invalid", "the endpoint is no address of an S3 server", {
    hint: "Give it as https://host or http://host:port, without a path.",
  });
}

function agents(endpoint: URL, ca: string | undefined, dial: Dial | undefined) {
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS };
  const trust = ca === undefined ? {} : { ca };
  if (dial === undefined) return { httpAgent: options, httpsAgent: { ...options, ...trust } };
  const isTls = endpoint.protocol === "https:";
  const httpAgent = new Agent(options);
  const httpsAgent = new TlsAgent({ ...options, ...trust });
  const agent = isTls ? httpsAgent : httpAgent;
  agent.createConnection = (options, connected) => {
    const host = options.host ?? endpoint.hostname;
    dial(host, Number(options.port)).then(
      (plain) => connected?.(null, isTls ? overTls(plain, host, trust) : asSocket(plain)),
      (error: unknown) =>
        connected?.(error instanceof Error ? error : new Error(String(error)), new Duplex()),
    );
    return undefined;
  };
  return { httpAgent, httpsAgent };
}

function overTls(socket: Duplex, host: string, trust: { readonly ca?: string }): Duplex {
  return connectTls({ socket, ...trust, ...(isIP(host) === 0 ? { servername: host } : { host }) });
}

/** Gives a tunnel's stream what node:http calls on a socket. */
function asSocket(stream: Duplex): Duplex {
  for (const name of ["setTimeout", "setNoDelay", "setKeepAlive", "ref", "unref"]) {
    if (!(name in stream)) Object.defineProperty(stream, name, { value: () => stream });
  }
  return stream;
}
