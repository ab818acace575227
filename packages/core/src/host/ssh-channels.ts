import type { ClientChannel } from "ssh2";
import { Fault } from "../model/fault.ts";
import { abortFault, type Exit } from "./program.ts";
import type { SshConnection } from "./ssh-connection.ts";

/** A command's channel, the connection it lives on, and its end. */
export interface OpenChannel {
  readonly channel: ClientChannel;
  readonly connection: SshConnection;
  readonly ended: Promise<Exit>;
}

interface Link {
  readonly connection: SshConnection;
  used: number;
  /** Falls for a while when the server refuses a channel: its MaxSessions is lower than ours. */
  limit: number;
}

interface Limits {
  readonly maxChannels: number;
  readonly maxConnections: number;
}

interface Waiter {
  readonly take: (link: Link) => void;
  readonly fail: (error: unknown) => void;
}

/** Waiting longer than this for room opens a further connection: a command may last hours, and others must not wait for it. */
const PATIENCE_MS = 200;
/** How long a refusal is remembered: its cause may pass. */
const NARROW_MS = 10_000;
/** A connection that lives but does not open a channel: sshd cannot fork, or waits for a login module. */
const OPEN_MS = 60_000;

/**
 * The channels of one server. A connection is made when it is needed, made again after it was lost, and carries only so many
 * commands at once; what does not fit waits in order.
 */
export class SshChannels {
  readonly #connect: () => Promise<SshConnection>;
  readonly #limits: Limits;
  readonly #links = new Set<Link>();
  readonly #waiters: Waiter[] = [];
  #isConnecting = false;
  #isClosed = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(connect: () => Promise<SshConnection>, limits: Limits) {
    this.#connect = connect;
    this.#limits = limits;
  }

  /** Starts a command line as soon as there is room. Rejects with a Fault. */
  async open(line: string, signal?: AbortSignal): Promise<OpenChannel> {
    if (this.#isClosed) throw closedFault();
    const link = await this.#take(signal);
    try {
      const open = await exec(link.connection, line);
      void open.ended.then(() => this.#release(link));
      return open;
    } catch (error) {
      const isFull = isRefusal(error) && link.used > 1;
      if (isFull) this.#narrow(link);
      this.#release(link);
      if (isFull) return this.open(line, signal);
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#patience);
    for (const link of this.#links) link.connection.close();
    for (const waiter of this.#waiters.splice(0)) waiter.fail(closedFault());
  }

  #take(signal: AbortSignal | undefined): Promise<Link> {
    const { promise, resolve, reject } = Promise.withResolvers<Link>();
    const waiter: Waiter = { take: resolve, fail: reject };
    const onAbort = () => {
      const at = this.#waiters.indexOf(waiter);
      if (at < 0 || !signal) return;
      this.#waiters.splice(at, 1);
      reject(abortFault(signal));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#waiters.push(waiter);
    this.#serve();
    if (signal?.aborted) onAbort();
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  #release(link: Link): void {
    link.used -= 1;
    this.#serve();
    const isSpare = link.used === 0 && this.#links.size > 1;
    if (isSpare) link.connection.close();
  }

  #narrow(link: Link): void {
    link.limit = Math.min(link.limit, link.used - 1);
    const widen = () => {
      link.limit = this.#limits.maxChannels;
      this.#serve();
    };
    setTimeout(widen, NARROW_MS).unref();
  }

  /** Hands room to whoever waits, and sees to more room when somebody still does. */
  #serve(): void {
    for (let link = this.#room(); link && this.#waiters.length > 0; link = this.#room()) {
      link.used += 1;
      this.#waiters.shift()?.take(link);
    }
    if (this.#waiters.length === 0 || this.#isConnecting) return;
    if (this.#links.size === 0) void this.#widen();
    else if (this.#links.size < this.#limits.maxConnections) {
      this.#patience ??= setTimeout(() => void this.#widen(), PATIENCE_MS);
    }
  }

  #room(): Link | undefined {
    return [...this.#links].find((link) => link.used < link.limit);
  }

  async #widen(): Promise<void> {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    if (this.#waiters.length === 0 || this.#isConnecting) return;
    this.#isConnecting = true;
    try {
      this.#adopt(await this.#connect());
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.#isConnecting = false;
    }
    this.#serve();
  }

  #adopt(connection: SshConnection): void {
    if (this.#isClosed) {
      connection.close();
      return;
    }
    const link: Link = { connection, used: 0, limit: this.#limits.maxChannels };
    this.#links.add(link);
    connection.onLost(() => {
      this.#links.delete(link);
      this.#serve();
    });
  }

  /** Without any connection nobody's turn will come; with one, whoever waits goes on waiting for it. */
  #refuse(error: unknown): void {
    if (this.#links.size > 0) return;
    for (const waiter of this.#waiters.splice(0)) waiter.fail(error);
  }
}

/** Starts a line on one connection, beside its limit. */
export function exec(connection: SshConnection, line: string): Promise<OpenChannel> {
  const lost = connection.lostBecause();
  if (lost) return Promise.reject(lost);
  const { promise, resolve, reject } = Promise.withResolvers<OpenChannel>();
  let isLate = false;
  const giveUp = () => {
    isLate = true;
    reject(silentFault());
  };
  const timer = setTimeout(giveUp, OPEN_MS).unref();
  const forget = connection.onLost(() => reject(connection.lostBecause()));
  connection.client.exec(line, (error, channel) => {
    clearTimeout(timer);
    forget();
    if (error) return reject(connection.lostBecause() ?? error);
    if (isLate) return channel.close();
    // Listened to at once: a quick program's end is told in the same breath as its start.
    channel.on("error", () => undefined);
    resolve({ channel, connection, ended: endOf(channel, connection) });
  });
  return promise;
}

/** A channel that closed without an exit status says nothing about the program: the connection, or sshd, was cut. */
function endOf(channel: ClientChannel, connection: SshConnection): Promise<Exit> {
  return new Promise((resolve) => {
    let exit: Exit | undefined;
    channel.once("exit", (code: number | null | undefined, signal?: string) => {
      exit = { code: code ?? null, signal: signal ?? null };
    });
    channel.once("close", () => resolve(exit ?? { code: null, signal: null, fault: cutFault(connection) }));
  });
}

function cutFault(connection: SshConnection): Fault {
  return (
    connection.lostBecause() ??
    new Fault("server.unreachable", "the server closed the channel without telling how the program ended", {
      hint: "Look at the SSH server's log; a session limit or an administrator may have ended it.",
    })
  );
}

function silentFault(): Fault {
  return new Fault("server.unreachable", "the server is connected but did not start the command", {
    hint: "Look at its load, its free memory and the SSH server's log.",
  });
}

function closedFault(): Fault {
  return new Fault("server.unreachable", "the connection was closed by Cofre");
}

/** A channel was refused while the connection is fine. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error && !(error instanceof Fault) && error.message.includes("Channel open failure")
  );
}
