import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
}

export interface FaultyTcpProxyOptions {
  readonly target: TcpTarget;
  /** Delay of every byte, each way. */
  readonly latencyMs?: number;
  /** Of every connection, each way. */
  readonly bytesPerSecond?: number;
}

export interface ProxyCounts {
  /** Connections so far. */
  accepted: number;
  open: number;
  bytesToTarget: number;
  bytesFromTarget: number;
}

/** A door in front of a server that can be made slow, silent or broken while connections are open. */
export interface FaultyTcpProxy extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly counts: Readonly<ProxyCounts>;
  latency(milliseconds: number): void;
  /** Null lifts the limit. */
  throttle(bytesPerSecond: number | null): void;
  /** Nothing passes and nobody is told: the silent death of a link. New connections are accepted and get nothing. */
  blackhole(): void;
  /** Breaks every open connection with RST; new ones are served. */
  reset(): void;
  /** Breaks every open connection, and every new one at once. */
  refuse(): void;
  /** Ends black hole, refusal, latency and throttle. What was held back passes then. */
  restore(): void;
}

type Pair = readonly [near: Socket, far: Socket];

interface Weather {
  latencyMs: number;
  bytesPerSecond: number | null;
  isRefusing: boolean;
  /** Resolves when bytes may pass; replaced while a black hole is open. */
  passing: Promise<void>;
  pass: () => void;
}

const clear = () => ({ latencyMs: 0, bytesPerSecond: null, isRefusing: false });
/** Chunks on their way at once: enough for 80 MB/s with a latency of 50 ms. */
const IN_FLIGHT = 64;

/** Listens on a random port of 127.0.0.1 and passes everything to `target`. */
export async function faultyTcpProxy({ target, ...start }: FaultyTcpProxyOptions): Promise<FaultyTcpProxy> {
  const weather: Weather = { ...clear(), ...start, passing: Promise.resolve(), pass: () => undefined };
  const counts: ProxyCounts = { accepted: 0, open: 0, bytesToTarget: 0, bytesFromTarget: 0 };
  const pairs = new Set<Pair>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, async (near) => {
    near.on("error", () => near.destroy());
    if (weather.isRefusing) {
      near.resetAndDestroy();
      return;
    }
    const pair: Pair = [near, connect({ ...target, allowHalfOpen: true, noDelay: true })];
    pairs.add(pair);
    counts.accepted += 1;
    counts.open += 1;
    await join(pair, weather, counts);
    pairs.delete(pair);
    counts.open -= 1;
  });
  const reset = () => {
    for (const socket of [...pairs].flat()) socket.resetAndDestroy();
  };
  const port = await listen(server);
  return {
    host: "127.0.0.1",
    port,
    counts,
    ...controls(weather, reset),
    [Symbol.asyncDispose]: async () => {
      weather.pass();
      reset();
      server.close();
      await once(server, "close");
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return address.port;
}

function controls(weather: Weather, reset: () => void) {
  return {
    latency: (latencyMs: number) => void Object.assign(weather, { latencyMs }),
    throttle: (bytesPerSecond: number | null) => void Object.assign(weather, { bytesPerSecond }),
    blackhole: () => {
      weather.pass();
      ({ promise: weather.passing, resolve: weather.pass } = Promise.withResolvers<void>());
    },
    reset,
    refuse: () => {
      weather.isRefusing = true;
      reset();
    },
    restore: () => {
      Object.assign(weather, clear());
      weather.pass();
    },
  };
}

async function join([near, far]: Pair, weather: Weather, counts: ProxyCounts): Promise<void> {
  const there = carry([near, far], weather, (bytes) => {
    counts.bytesToTarget += bytes;
  });
  const back = carry([far, near], weather, (bytes) => {
    counts.bytesFromTarget += bytes;
  });
  await Promise.all([there, back]);
}

type Count = (bytes: number) => void;

/** One direction. Whatever breaks one side breaks the other with RST, as a real link would. */
async function carry([from, to]: Pair, weather: Weather, count: Count): Promise<void> {
  to.on("error", () => from.resetAndDestroy());
  try {
    for await (const { chunk, readAt } of Readable.from(stamped(from), { highWaterMark: IN_FLIGHT })) {
      await held(chunk.length, readAt, weather);
      count(chunk.length);
      if (!to.write(chunk)) await Promise.race([once(to, "drain"), once(to, "close")]);
    }
    await weather.passing;
    to.end();
  } catch {
    to.resetAndDestroy(); // the side we read from broke
  }
}

async function* stamped(from: Socket) {
  for await (const chunk of from) yield { chunk, readAt: Date.now() };
}

async function held(
  bytes: number,
  readAt: number,
  { latencyMs, bytesPerSecond, passing }: Weather,
): Promise<void> {
  const waitMs = bytesPerSecond === null ? readAt + latencyMs - Date.now() : (bytes / bytesPerSecond) * 1000;
  if (waitMs > 0) await sleep(waitMs);
  await passing;
}
