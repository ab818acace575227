import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Readiness {
  readonly host: string;
  readonly port: number;
  /** The first bytes of the server's language. */
  readonly hello: Uint8Array;
  /** Whether the answer to them is that of a server that takes work. */
  readonly isReady: (answer: Buffer) => boolean;
  readonly withinMs?: number | undefined;
}

/** Asks every 50 ms in the server's own language: a port that is open proves nothing behind docker's proxy. */
export async function untilReady(readiness: Readiness): Promise<void> {
  const { withinMs = 60_000, host, port } = readiness;
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const answer = await ask(readiness);
    if (answer && readiness.isReady(answer)) return;
    await sleep(50);
  }
  throw new Error(`nothing was ready on ${host}:${port} within ${withinMs} ms`);
}

async function ask({ host, port, hello }: Readiness): Promise<Buffer | null> {
  const socket = connect({ host, port, timeout: 1000 });
  try {
    socket.on("timeout", () => socket.destroy(new Error("no answer")));
    await once(socket, "connect");
    socket.write(hello);
    const [answer]: unknown[] = await Promise.race([once(socket, "data"), once(socket, "close")]);
    return Buffer.isBuffer(answer) ? answer : null;
  } catch {
    return null; // refused, reset or silent: not ready yet
  } finally {
    socket.destroy();
  }
}
