import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server as Listener, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, MongoClient, MongoServerError } from "mongodb";
import { Fault, isFault } from "../model/fault.ts";
import { redact } from "../model/secret.ts";
import type { Reach } from "./engine.ts";
import { type Address, addressesOf } from "./mongodb-address.ts";
import type { MongoTarget } from "./mongodb-target.ts";

const PATIENCE_MS = 15_000;

/**
 * Asks the server questions by its own protocol: not every image has a shell, and what a shell prints is made for people. The driver
 * dials through the server that carries the resource, by a socket file that only this user can open. Throws `target.auth`,
 * `target.permission`, `target.unreachable`.
 */
export async function withMongo<T>(
  reach: Reach<MongoTarget>,
  work: (client: MongoClient) => Promise<T>,
): Promise<T> {
  reach.signal.throwIfAborted();
  await using way = await openWay(reach);
  const client = new MongoClient(`mongodb://${encodeURIComponent(way.path)}`, {
    ...loginOf(reach.target),
    directConnection: true,
    appName: `cofre:${reach.tag}`,
    serverSelectionTimeoutMS: PATIENCE_MS,
    serverMonitoringMode: "poll",
    maxPoolSize: 4,
    retryWrites: false,
    // Names of collections and fields are data, whatever they look like.
    checkKeys: false,
  });
  // A cancelled job does not wait for a question to be answered.
  const onAbort = () => void client.close(true).catch(() => undefined);
  reach.signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await work(client);
  } catch (error) {
    reach.signal.throwIfAborted();
    throw mongoFault(reach, way.broken() ?? error);
  } finally {
    reach.signal.removeEventListener("abort", onAbort);
    await client.close(true).catch(() => undefined);
  }
}

function loginOf({ username, password, database }: MongoTarget) {
  if (username === undefined) return {};
  return { auth: { username, password: password?.reveal() ?? "" }, authSource: database };
}

interface Way extends AsyncDisposable {
  readonly path: string;
  /** Why the last connection could not be made. */
  broken(): unknown;
}

async function openWay(reach: Reach<MongoTarget>): Promise<Way> {
  const address = await reachable(reach);
  const folder = await mkdtemp(join(tmpdir(), "cofre-mongo-"));
  const path = join(folder, `${randomBytes(4).toString("hex")}.sock`);
  const open = new Set<Socket>();
  let broken: unknown;
  const listener = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    joinWays(reach, address, socket).catch((error: unknown) => {
      broken = error;
      socket.destroy();
    });
  });
  await listening(listener, path);
  return {
    path,
    broken: () => broken,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function joinWays({ server, signal }: Reach<MongoTarget>, { host, port }: Address, socket: Socket) {
  socket.on("error", () => undefined);
  const far = await server.dial(host, port, { signal });
  far.on("error", () => socket.destroy());
  far.once("close", () => socket.destroy());
  socket.once("close", () => far.destroy());
  socket.pipe(far);
  far.pipe(socket);
}

function listening(listener: Listener, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  listener.once("error", reject);
  listener.listen(path, resolve);
  return promise;
}

/** The first address that answers, all tried at once: one that leads nowhere may be silent for long. */
async function reachable(reach: Reach<MongoTarget>): Promise<Address> {
  const addresses = await addressesOf(reach);
  const found = new AbortController();
  const signal = AbortSignal.any([reach.signal, found.signal]);
  const knock = async (address: Address): Promise<Address> => {
    const stream = await reach.server.dial(address.host, address.port, { signal });
    stream.on("error", () => undefined);
    stream.destroy();
    return address;
  };
  try {
    return await Promise.any(addresses.map(knock));
  } catch (error) {
    reach.signal.throwIfAborted();
    const refusals: unknown[] = error instanceof AggregateError ? error.errors : [];
    // A server that cannot be reached says more than an address that nobody answers at.
    const telling = refusals.find((one) => isFault(one) && one.code !== "target.unreachable") ?? refusals[0];
    throw telling ?? unreachable(reach, "it has no address");
  } finally {
    found.abort();
  }
}

const CODES = { unauthorized: 13, authentication: 18, mechanism: 334 } as const;

function mongoFault(reach: Reach<MongoTarget>, error: unknown): unknown {
  if (isFault(error) || !(error instanceof Error)) return error;
  const { target, host } = reach;
  const said = redact(error.message, target.password === undefined ? [] : [target.password]).slice(0, 1000);
  const context = { said, ...(error instanceof MongoServerError ? { code: Number(error.code) } : {}) };
  const code = error instanceof MongoServerError ? Number(error.code) : undefined;
  if (code === CODES.authentication || code === CODES.mechanism) {
    return new Fault("target.auth", `logging in to MongoDB on ${host.name} was refused`, {
      hint: "Check user, password and the database that keeps the user (usually admin).",
      context,
    });
  }
  if (code === CODES.unauthorized) return forbidden(reach, context);
  if (error instanceof MongoServerError) return error;
  return error.name.startsWith("Mongo") ? unreachable(reach, said) : error;
}

function forbidden({ target, host }: Reach<MongoTarget>, context: Fault["context"]): Fault {
  const who = target.username === undefined ? "nobody in particular" : `the user ${target.username}`;
  return new Fault("target.permission", `MongoDB on ${host.name} does not let ${who} do this`, {
    hint:
      target.username === undefined
        ? "Give user and password of the resource."
        : "Give the user the roles backup and restore, or root.",
    context,
  });
}

function unreachable({ target, host }: Reach<MongoTarget>, said: string): Fault {
  const where = `${target.host}:${target.port} on ${host.name}`;
  return new Fault("target.unreachable", `MongoDB at ${where} did not answer`, {
    hint: "Look whether it runs there and listens on that port.",
    context: { said },
  });
}

/** One command of the server in the database `admin`. */
export function administer(client: MongoClient, command: Document): Promise<Document> {
  return client.db("admin").command(command, { promoteLongs: true });
}
