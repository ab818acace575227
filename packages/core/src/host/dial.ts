import { connect, type Socket } from "node:net";
import { Fault } from "../model/fault.ts";
import type { Server } from "./host.ts";
import { abortFault } from "./program.ts";

/** Where a connection is wanted to, as the dialling machine sees it. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const TIMEOUT_MS = 15_000;

/** Connections from this machine, all of them ended by `close`. */
export function dialFrom(name: string): { readonly dial: Server["dial"]; close(): void } {
  const open = new Set<Socket>();
  return {
    dial: async (host, port, { signal } = {}) => {
      if (signal?.aborted) throw abortFault(signal);
      const socket = connect({ host, port, noDelay: true });
      open.add(socket);
      // An error that nobody hears must not end the process: a pool holds sockets that nobody reads.
      socket.on("error", () => undefined);
      socket.once("close", () => open.delete(socket));
      return await connected(socket, { from: name, host, port, signal });
    },
    close: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

interface Dialling extends Address {
  readonly from: string;
  readonly signal: AbortSignal | undefined;
}

function connected(socket: Socket, dialling: Dialling): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const { signal } = dialling;
  const giveUp = (why: unknown) => {
    socket.destroy();
    reject(why);
  };
  const onError = (error: unknown) => giveUp(nobodyThere(dialling.from, dialling, error));
  const onAbort = () => signal && giveUp(abortFault(signal));
  const timer = setTimeout(() => onError(new Error("no answer in time")), TIMEOUT_MS);
  signal?.addEventListener("abort", onAbort, { once: true });
  socket.once("error", onError);
  socket.once("connect", () => resolve(socket));
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    if (!socket.destroyed) socket.off("error", onError);
  });
}

export function nobodyThere(from: string, { host, port }: Address, cause: unknown): Fault {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new Fault("target.unreachable", `${host}:${port} cannot be reached from ${from}: ${words}`, {
    hint: "Check host and port as that server sees them, and that the program there is running.",
    cause,
    context: { host, port },
  });
}
