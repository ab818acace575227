import { isIP } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { connect as connectTls } from "node:tls";
import { type buildConnector, type Dispatcher, Pool } from "undici";
import type { Dial } from "../s3/connect.ts";
import { escaped, signer } from "./s3-sign.ts";
import { type BucketTarget, endpointOf } from "./s3-target.ts";

const CONNECTIONS = 32;
/** Silence, not length, ends a request. */
const SILENCE_MS = 120_000;

/** A request for or with the bytes of one object. */
export interface WireRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  readonly bucket: string;
  readonly key: string;
  /** Unescaped: `versionId`, `tagging`. */
  readonly query?: Readonly<Record<string, string>>;
  /** In lower case; values as latin1, see `asLatin1`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Hex SHA-256 of the body. */
  readonly sha256?: string;
}

/** An answer whose body MUST be read to its end or destroyed. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable & {
    dump(): Promise<void>;
    arrayBuffer(): Promise<ArrayBuffer>;
    text(): Promise<string>;
  };
}

/** The light way for gets and puts by the thousand, where the SDK's own work costs more than the request. */
export interface Wire {
  ask(request: WireRequest, signal?: AbortSignal): Promise<WireAnswer>;
  close(): void;
}

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Connects with the first request. Rejects with what the network says: callers name the object. */
export function openWire({ target, dial }: { readonly target: BucketTarget; readonly dial: Dial }): Wire {
  const endpoint = endpointOf(target);
  const sign = signer(target);
  const pools = new Map<string, Pool>();
  const poolOf = (host: string): Pool => {
    const known = pools.get(host);
    if (known !== undefined) return known;
    const made = new Pool(`${endpoint.protocol}//${host}`, {
      connections: CONNECTIONS,
      pipelining: 1,
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
      connect: connector({ endpoint, name: host.replace(/:\d+$/, ""), dial, target }),
    });
    pools.set(host, made);
    return made;
  };
  return {
    ask: async (request, signal) => {
      const { host, path } = placeOf(endpoint, target, request);
      const query = queryOf(request.query);
      const signed = sign({
        ...{ method: request.method, host, path, query },
        headers: request.headers ?? {},
        payload: request.sha256 ?? EMPTY_SHA256,
      });
      const answer = await poolOf(host).request({
        method: request.method,
        path: query === "" ? path : `${path}?${query}`,
        headers: signed,
        body: request.body ?? null,
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: answer.statusCode, headers: plain(answer.headers), body: answer.body };
    },
    close: () => {
      for (const pool of pools.values()) pool.destroy().catch(() => undefined);
    },
  };
}

function placeOf(endpoint: URL, { pathStyle }: BucketTarget, { bucket, key }: WireRequest) {
  const name = key.split("/").map(escaped).join("/");
  if (pathStyle) return { host: endpoint.host, path: `/${escaped(bucket)}/${name}` };
  return { host: `${bucket}.${endpoint.host}`, path: `/${name}` };
}

function queryOf(query: WireRequest["query"] = {}): string {
  return Object.entries(query)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join("&");
}

function plain(headers: Dispatcher.ResponseData["headers"]): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) {
    flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

interface Connecting {
  readonly endpoint: URL;
  /** The name that a certificate is to show. */
  readonly name: string;
  readonly dial: Dial;
  readonly target: BucketTarget;
}

type Connected = (error: Error | null, socket: Duplex | null) => void;

function connector({ endpoint, name, dial, target }: Connecting) {
  const isTls = endpoint.protocol === "https:";
  const host = endpoint.hostname;
  const port = Number(endpoint.port) || (isTls ? 443 : 80);
  const secured = async (plainSocket: Duplex): Promise<Duplex> => {
    if (!isTls) return plainSocket;
    const tls = connectTls({
      socket: plainSocket,
      ...(target.ca === undefined ? {} : { ca: target.ca }),
      ...(isIP(name) === 0 ? { servername: name } : { host: name }),
    });
    await new Promise((resolve, reject) => tls.once("secureConnect", resolve).once("error", reject));
    return tls;
  };
  return ((_options: unknown, connected: Connected) => {
    dial(host, port)
      .then(secured)
      .then(
        (socket) => connected(null, socket),
        (error: unknown) => connected(error instanceof Error ? error : new Error(String(error)), null),
      );
  }) as buildConnector.connector; // checked: undici asks its connector for a stream of bytes and types it as a Socket
}

/** Text as the bytes of its UTF-8, one character each, as headers travel; ASCII stays what it is. */
export function asLatin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
