import type { Duplex } from "node:stream";
import type { AnyAuthMethod, CipherAlgorithm, Client, ConnectConfig, ParsedKey } from "ssh2";
import { Fault } from "../model/fault.ts";
import type { Secret } from "../model/secret.ts";
import { ssh2 } from "./ssh-fast-gcm.ts";
import { connectFault, hostKeyFault, lostFault } from "./ssh-faults.ts";
import { describeHostKey, isSameHostKey, readPrivateKey, type SshHostKey, signaturesOf } from "./ssh-keys.ts";
import { openSocket } from "./ssh-socket.ts";

export interface SshAddress {
  readonly host: string;
  /** 22 unless told otherwise. */
  readonly port?: number;
  /** Opens the connection another way: through a proxy, or for a test. */
  readonly connect?: (host: string, port: number) => Duplex | Promise<Duplex>;
  /** For TCP and for the handshake with login, each; 15 s unless told otherwise. */
  readonly connectTimeoutMs?: number;
}

export interface SshAuth {
  readonly privateKey?: Secret;
  readonly passphrase?: Secret;
  /** Also answers a server that asks for it interactively. */
  readonly password?: Secret;
  /** Path of an agent's socket. */
  readonly agent?: string;
}

export interface SshOptions extends SshAddress {
  /** For messages. */
  readonly name: string;
  readonly user: string;
  readonly auth: SshAuth;
  /** The only key this server may show, and with it the only kind of key that is asked for. */
  readonly hostKey: SshHostKey;
  /** A silent connection is asked for a sign of life every `everyMs`, and given up after `misses` without any. 5 s and 2. */
  readonly keepalive?: { readonly everyMs: number; readonly misses: number };
  /** Commands at once on one connection; OpenSSH's own limit is 10. */
  readonly maxChannels?: number;
  /** Further connections are opened while commands have to wait, and closed when idle. 3. */
  readonly maxConnections?: number;
}

/** One connection that is logged in. */
export interface SshConnection {
  readonly client: Client;
  /** Why it ended; undefined while it is open. */
  readonly lostBecause: () => Fault | undefined;
  /** Call the result to be forgotten. */
  readonly onLost: (listener: () => void) => () => void;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 15_000;
/** The first is deciphered twice as fast as any other, see ssh-fast-gcm.ts. */
const CIPHERS: CipherAlgorithm[] = [
  "aes128-gcm@openssh.com",
  "aes256-gcm@openssh.com",
  "chacha20-poly1305@openssh.com",
  "aes128-ctr",
  "aes192-ctr",
  "aes256-ctr",
];
const KEEPALIVE = { everyMs: 5000, misses: 2 };

/** A login that may be used again and again: reading a locked key costs a tenth of a second each time. */
export type SshLogin = readonly AnyAuthMethod[];

/** Throws `server.auth` when the private key cannot be read. */
export function prepareLogin({ user, auth }: Pick<SshOptions, "user" | "auth">): SshLogin {
  const username = user;
  const login: AnyAuthMethod[] = [{ type: "none", username }];
  if (auth.privateKey) {
    login.push({ type: "publickey", username, key: parsedKey(auth.privateKey, auth.passphrase) });
  }
  if (auth.agent) login.push({ type: "agent", username, agent: auth.agent });
  const password = auth.password?.reveal();
  if (password !== undefined) {
    login.push({ type: "password", username, password });
    login.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => password)),
    });
  }
  return login;
}

function parsedKey(key: Secret, passphrase: Secret | undefined): ParsedKey {
  const parsed = ssh2.utils.parseKey(readPrivateKey(key, passphrase), passphrase?.reveal());
  if (parsed instanceof Error) throw new Fault("server.auth", "the private key cannot be read");
  return parsed;
}

/** Connects and logs in. Faults: `server.unreachable`, `server.auth`, `server.host-key`. */
export async function openConnection(options: SshOptions, login: SshLogin): Promise<SshConnection> {
  const shown: { key?: SshHostKey } = {};
  const client = new ssh2.Client();
  const { everyMs, misses } = options.keepalive ?? KEEPALIVE;
  const config: ConnectConfig = {
    username: options.user,
    authHandler: [...login],
    algorithms: { cipher: CIPHERS, serverHostKey: signaturesOf(options.hostKey.type) },
    hostVerifier: (blob: Buffer) => {
      shown.key = describeHostKey(blob);
      return isSameHostKey(shown.key, options.hostKey);
    },
    keepaliveInterval: everyMs,
    keepaliveCountMax: misses,
  };
  const connection = follow(client, options);
  try {
    await ready(client, options, config);
  } catch (error) {
    if (shown.key && !isSameHostKey(shown.key, options.hostKey)) throw hostKeyFault(options, shown.key);
    throw await connectFault(error, options, () => readHostKey(options));
  }
  return connection;
}

/** The key a server shows now, to be compared and confirmed by a person before it is pinned. Logs in nowhere. */
export async function readHostKey(address: SshAddress): Promise<SshHostKey> {
  const { promise, resolve } = Promise.withResolvers<SshHostKey>();
  const client = new ssh2.Client();
  client.on("error", () => undefined);
  const config: ConnectConfig = {
    username: "cofre",
    hostVerifier: (blob: Buffer) => {
      resolve(describeHostKey(blob));
      return false;
    },
  };
  try {
    await Promise.race([promise, ready(client, address, config)]);
  } catch (error) {
    throw await connectFault(error, { ...address, name: address.host });
  } finally {
    client.destroy();
  }
  return await promise;
}

/** Resolves once logged in, or (for a host key) once the verifier refused; rejects with ssh2's or the socket's own error. */
async function ready(client: Client, address: SshAddress, config: ConnectConfig): Promise<void> {
  const timeoutMs = address.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const port = address.port ?? 22;
  const sock = address.connect
    ? await address.connect(address.host, port)
    : await openSocket({ host: address.host, port }, timeoutMs);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once("ready", () => resolve());
  client.once("error", reject);
  client.once("close", () => reject(new Error("the server closed the connection")));
  client.connect({ ...config, sock, readyTimeout: timeoutMs });
  return promise;
}

/** Remembers why a connection ended. ssh2's later errors have no other listener and would end the process. */
function follow(client: Client, { name }: SshOptions): SshConnection {
  let lost: Fault | undefined;
  const listeners = new Set<() => void>();
  const lose = (cause: unknown) => {
    if (lost) return;
    lost = lostFault(name, cause);
    for (const listener of listeners) listener();
  };
  client.on("error", lose);
  client.on("end", () => lose(undefined));
  client.on("close", () => lose(undefined));
  return {
    client,
    lostBecause: () => lost,
    onLost: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      client.end();
      lose(undefined);
    },
  };
}
