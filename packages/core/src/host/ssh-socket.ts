import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

const READ_BYTES = 256 * 1024;

/**
 * A TCP connection that reads in large pieces into one buffer. Chunks are copied out of it, because ssh2 keeps parts of what
 * it gets until a packet is whole; the copy costs far less than many small reads.
 */
export async function openSocket(
  address: { host: string; port: number },
  timeoutMs: number,
): Promise<Duplex> {
  const holder: { socket?: Socket } = {};
  const socket = connect({
    ...address,
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (bytes, buffer) =>
        holder.socket?.emit("data", Buffer.from(buffer.subarray(0, bytes))) ?? true,
    },
  });
  holder.socket = socket;
  await connected(socket, timeoutMs);
  return socket;
}

function connected(socket: Socket, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      resolve();
    });
  });
}
