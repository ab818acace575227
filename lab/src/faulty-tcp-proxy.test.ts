import { once } from "node:events";
import { connect, createServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { faultyTcpProxy } from "./faulty-tcp-proxy.ts";

/** A server that sends back what it gets. */
async function startEcho() {
  const server = createServer((socket) => socket.on("error", () => socket.destroy()).pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { host: "127.0.0.1", port, [Symbol.dispose]: () => void server.close() };
}

async function dial(port: number) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => socket.destroy());
  return socket;
}

describe("a faulty TCP proxy", () => {
  test("passes 8 MiB there and back unchanged", async () => {
    using target = await startEcho();
    await using proxy = await faultyTcpProxy({ target });
    const socket = await dial(proxy.port);
    const sent = Buffer.alloc(8 * 1024 * 1024, "cofre");
    socket.end(sent);
    const received = await buffer(socket);
    expect(received.equals(sent)).toBe(true);
    expect(proxy.counts).toMatchObject({
      accepted: 1,
      bytesToTarget: sent.length,
      bytesFromTarget: sent.length,
    });
  });

  test("delays every byte by the latency, each way", async () => {
    using target = await startEcho();
    await using proxy = await faultyTcpProxy({ target, latencyMs: 60 });
    const socket = await dial(proxy.port);
    const startedAt = performance.now();
    socket.write("ping");
    await once(socket, "data");
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
  });

  test("keeps to the bytes a second it is throttled to", async () => {
    using target = await startEcho();
    await using proxy = await faultyTcpProxy({ target, bytesPerSecond: 1_000_000 });
    const socket = await dial(proxy.port);
    const startedAt = performance.now();
    socket.end(Buffer.alloc(300_000));
    await buffer(socket);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(290);
  });

  test("holds everything in a black hole, and passes it after", async () => {
    using target = await startEcho();
    await using proxy = await faultyTcpProxy({ target });
    const socket = await dial(proxy.port);
    proxy.blackhole();
    socket.write("late");
    const answer = once(socket, "data");
    expect(await Promise.race([answer, sleep(150, "silence")])).toBe("silence");
    proxy.restore();
    expect(String((await answer)[0])).toBe("late");
  });

  test("breaks open connections with RST and serves new ones", async () => {
    using target = await startEcho();
    await using proxy = await faultyTcpProxy({ target });
    const socket = await dial(proxy.port);
    socket.write("x");
    await once(socket, "data");
    proxy.reset();
    const [error]: unknown[] = await once(socket, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });
    const next = await dial(proxy.port);
    next.write("again");
    expect(String((await once(next, "data"))[0])).toBe("again");
    await expect.poll(() => proxy.counts.open).toBe(1);
  });

  test("refuses every connection until restored", async () => {
    using target = await startEcho();
    await using proxy = await faultyTcpProxy({ target });
    proxy.refuse();
    const socket = connect(proxy.port, "127.0.0.1");
    socket.on("error", () => socket.destroy());
    await expect(once(socket, "data")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(proxy.counts.accepted).toBe(0);
  });
});
