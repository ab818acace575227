import { Fault } from "../model/fault.ts";
import { containerHost } from "./container.ts";
import { clientFault } from "./container-exit.ts";
import type { ContainerFacts } from "./container-facts.ts";
import type { Docker } from "./docker-contract.ts";
import { followEvents } from "./docker-events.ts";
import { type Listed, readInspection } from "./docker-listing.ts";
import { mainProcesses } from "./docker-processes.ts";
import type { Calling, Command, Ran, Server } from "./host.ts";

type Client = readonly [string, ...string[]];

/** In the order they are tried. */
const CLIENTS: readonly Client[] = [
  ["docker"],
  ["sudo", "-n", "docker"],
  ["podman"],
  ["sudo", "-n", "podman"],
];
const LIST_BYTES = 64 * 1024 * 1024;
const LOG_BYTES = 1024 * 1024;
/** Containers described by one command: its words must stay under the server's limit. */
const BATCH = 500;

/** The container engine of a server as its user can reach it; undefined when there is none, or none that lets the user in. */
export async function findDocker(server: Server, options: Calling = {}): Promise<Docker | undefined> {
  for (const client of CLIENTS) {
    if (await answers(server, client, options)) return createDocker(server, client);
  }
  return undefined;
}

async function answers(server: Server, client: Client, options: Calling): Promise<boolean> {
  try {
    const ran = await server.run({ argv: [...client, "ps", "-q", "-n", "1"] }, options);
    return ran.code === 0;
  } catch (error) {
    if (error instanceof Fault && error.code === "server.tool-missing") return false;
    throw error;
  }
}

function createDocker(server: Server, client: Client): Docker {
  const ground: Ground = { server, client };
  return {
    client,
    list: async (options = {}) => describe(ground, await allIds(ground, options), options),
    inspect: async (nameOrId, options = {}) => (await describe(ground, [known(nameOrId)], options))[0],
    events: (signal) => followEvents(server, client, signal),
    logs: (nameOrId, lines, options = {}) => readLogs(ground, { container: known(nameOrId), lines }, options),
    restart: async (nameOrId, options = {}) => {
      await succeed(ground, ["restart", known(nameOrId)], options);
    },
    host: (nameOrId, user) =>
      containerHost(server, { client, container: known(nameOrId), ...(user === undefined ? {} : { user }) }),
  };
}

interface Ground {
  readonly server: Server;
  readonly client: Client;
}

/** Names and ids as engines allow them; anything else could be taken for an option. */
function known(nameOrId: string): string {
  if (/^[A-Za-z0-9][\w.-]*$/.test(nameOrId)) return nameOrId;
  throw new Fault("target.missing", `"${nameOrId.slice(0, 100)}" cannot be the name of a container`);
}

async function succeed({ server, client }: Ground, words: readonly string[], options: Calling): Promise<Ran> {
  const ran = await server.run({ argv: [...client, ...words] }, { ...options, limitBytes: LIST_BYTES });
  if (ran.code === 0) return ran;
  throw engineFault({ server, client }, words[0] ?? "", ran);
}

function engineFault({ server }: Ground, action: string, ran: Ran): Fault {
  const trouble = clientFault(server.name, ran);
  if (trouble) return trouble;
  const said = ran.stderr.trim().slice(-300);
  return new Fault(
    "target.unreachable",
    `the container engine of ${server.name} refused to ${action}: ${said}`,
    {
      context: { action, code: ran.code },
    },
  );
}

async function allIds(ground: Ground, options: Calling): Promise<readonly string[]> {
  const ran = await succeed(ground, ["ps", "-a", "-q", "--no-trunc"], options);
  return ran.stdout.split("\n").filter((id) => id !== "");
}

/** A container that went away meanwhile is left out: the client prints the others and exits 1. */
async function describe(
  ground: Ground,
  ids: readonly string[],
  options: Calling,
): Promise<readonly ContainerFacts[]> {
  const { server, client } = ground;
  const listed: Listed[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    const argv: Command["argv"] = [...client, "container", "inspect", ...ids.slice(at, at + BATCH)];
    const ran = await server.run({ argv }, { ...options, limitBytes: LIST_BYTES });
    if (ran.code !== 0 && !/no such/i.test(ran.stderr)) throw engineFault(ground, "inspect", ran);
    listed.push(...readInspection(server.name, ran.stdout));
  }
  return withProcesses(ground, listed, options);
}

async function withProcesses(
  { server, client }: Ground,
  listed: readonly Listed[],
  options: Calling,
): Promise<readonly ContainerFacts[]> {
  const running = listed.flatMap(({ id, pid }) => (pid === null ? [] : [{ id, pid }]));
  const processes = await mainProcesses({ server, client }, running, options);
  return listed.map(({ pid: _pid, ...facts }) => ({ ...facts, process: processes.get(facts.id) ?? null }));
}

/** Both streams in the order they came; the last line is the client's exit code, which a pipe would hide. */
async function readLogs(
  ground: Ground,
  { container, lines }: { container: string; lines: number },
  options: Calling,
): Promise<string> {
  const { server, client } = ground;
  const script = `{ "$@" 2>&1; code=$?; echo; echo $code; } | tail -c ${LOG_BYTES}`;
  const tail = String(Math.max(1, Math.trunc(lines)));
  const argv: Command["argv"] = ["sh", "-c", script, "sh", ...client, "logs", "--tail", tail, container];
  const ran = await server.run({ argv }, options);
  const [, text = "", code = ""] = /^(.*)\n(\d+)\n$/s.exec(ran.stdout) ?? [];
  if (code === "0") return text;
  throw engineFault(ground, "show logs", { code: Number(code) || 1, stdout: "", stderr: text });
}
