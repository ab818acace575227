import type { Duplex } from "node:stream";
import { Fault } from "../model/fault.ts";
import { type Address, nobodyThere } from "./dial.ts";
import { abortFault } from "./program.ts";
import type { SshConnection } from "./ssh-connection.ts";
import { tunnelOf } from "./ssh-tunnel.ts";

/** A connection without tunnels is kept this long: a client that dials again soon finds it. */
const IDLE_MS = 30_000;
const OPEN_MS = 20_000;

/**
 * TCP through one server, on a connection of its own: what flows in tunnels holds back no command, and takes no room from them
 * (OpenSSH's MaxSessions does not count tunnels).
 */
export class SshTunnels {
  readonly #name: string;
  readonly #connect: () => Promise<SshConnection>;
  #connection: Promise<SshConnection> | undefined;
  #open = 0;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(name: string, connect: () => Promise<SshConnection>) {
    this.#name = name;
    this.#connect = connect;
  }

  async open(address: Address, signal?: AbortSignal): Promise<Duplex> {
    if (signal?.aborted) throw abortFault(signal);
    this.#hold();
    try {
      const connection = await this.#connected();
      const tunnel = await forward(connection, { address, from: this.#name, signal });
      tunnel.once("close", () => this.#release());
      return tunnel;
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  async #connected(): Promise<SshConnection> {
    if (this.#isClosed) throw new Fault("server.unreachable", "the connection was closed by Cofre");
    this.#connection ??= this.#connect();
    const made = this.#connection;
    try {
      const connection = await made;
      if (connection.lostBecause() === undefined) return connection;
    } catch (error) {
      if (this.#connection === made) this.#connection = undefined;
      throw error;
    }
    if (this.#connection === made) this.#connection = undefined;
    return await this.#connected();
  }

  #hold(): void {
    clearTimeout(this.#idle);
    this.#open += 1;
  }

  #release(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#idle = setTimeout(() => this.#drop(), IDLE_MS).unref();
  }

  #drop(): void {
    clearTimeout(this.#idle);
    const made = this.#connection;
    this.#connection = undefined;
    made?.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }
}

interface Forwarding {
  readonly address: Address;
  readonly from: string;
  readonly signal: AbortSignal | undefined;
}

function forward(connection: SshConnection, { address, from, signal }: Forwarding): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  let isLate = false;
  const giveUp = (why: unknown) => {
    isLate = true;
    reject(why);
  };
  const onAbort = () => signal && giveUp(abortFault(signal));
  const timer = setTimeout(() => giveUp(nobodyThere(from, address, "no answer in time")), OPEN_MS);
  const forget = connection.onLost(() => giveUp(connection.lostBecause()));
  signal?.addEventListener("abort", onAbort, { once: true });
  connection.client.forwardOut("127.0.0.1", 0, address.host, address.port, (error, channel) => {
    if (error) return reject(connection.lostBecause() ?? refused(error, { address, from, signal }));
    const tunnel = tunnelOf(channel, connection);
    if (isLate) tunnel.destroy();
    else resolve(tunnel);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    forget();
    signal?.removeEventListener("abort", onAbort);
  });
}

/** Reasons by number: 1 the server forbids tunnels, 2 nothing answered. Source: RFC 4254, 5.1. */
function refused(error: Error, { address, from }: Forwarding): Fault {
  const reason = "reason" in error ? Number(error.reason) : 0;
  if (reason !== 1) return nobodyThere(from, address, error);
  return new Fault("server.permission", `the SSH server of ${from} does not allow tunnels`, {
    hint: "Set AllowTcpForwarding yes in its sshd_config, or reach the target by an address that Cofre sees.",
    cause: error,
  });
}
