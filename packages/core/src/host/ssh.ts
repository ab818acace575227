import { Fault } from "../model/fault.ts";
import { markOf } from "./environment.ts";
import type { Command, Server } from "./host.ts";
import { abortFault, type Program, type Start, type Stop, within } from "./program.ts";
import { createServer } from "./server.ts";
import { exec, type OpenChannel, SshChannels } from "./ssh-channels.ts";
import { openConnection, prepareLogin, type SshOptions } from "./ssh-connection.ts";
import { callMark, remoteLine } from "./ssh-line.ts";
import { quoteAll } from "./ssh-quote.ts";
import { SshTunnels } from "./ssh-tunnels.ts";
import { stopMarked } from "./stop-marked.ts";

const MAX_CHANNELS = 8;
const MAX_CONNECTIONS = 3;
const STOP_MS = 8000;
const LAST_WAIT_MS = 2000;

/**
 * A server by SSH. Connects now; when the connection is lost, the calls that were under way fail and the next call connects
 * again. Faults: `server.unreachable`, `server.auth`, `server.host-key`.
 */
export async function connectSsh(options: SshOptions): Promise<Server> {
  const login = prepareLogin(options);
  const tunnels = new SshTunnels(options.name, () => openConnection(options, login));
  const channels = new SshChannels(() => openConnection(options, login), {
    maxChannels: options.maxChannels ?? MAX_CHANNELS,
    maxConnections: options.maxConnections ?? MAX_CONNECTIONS,
  });
  const server = createServer({
    name: options.name,
    launch: (command, start) => launch(channels, command, start),
    dial: (host, port, calling) => tunnels.open({ host, port }, calling?.signal),
    close: async () => {
      tunnels.close();
      channels.close();
    },
  });
  try {
    await refuseTalkativeShell(server);
  } catch (error) {
    channels.close();
    throw error;
  }
  return server;
}

/** Bash reads ~/.bashrc for every command by SSH: what that prints would stand at the head of every archive. */
async function refuseTalkativeShell(server: Server): Promise<void> {
  const { stdout } = await server.run({ argv: ["true"] });
  if (stdout === "") return;
  throw new Fault(
    "server.unreachable",
    `the login shell on ${server.name} prints text before every command`,
    {
      hint: "Remove what prints from ~/.bashrc (or print only when the shell is interactive) and try again.",
      context: { printed: stdout.slice(0, 200) },
    },
  );
}

async function launch(channels: SshChannels, command: Command, start: Start): Promise<Program> {
  if (start.signal?.aborted) throw abortFault(start.signal);
  const mark = markOf(command);
  const { line, prelude, missingMark } = remoteLine(command, { tag: start.tag, mark });
  const open = await channels.open(line, start.signal);
  const { channel, ended } = open;
  if (prelude !== "") channel.write(prelude);
  if (!start.feed) channel.end();
  const stop = createStop(open, mark);
  return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, missingMark, stop };
}

/**
 * OpenSSH and others ignore a request to signal a program, so it is stopped from beside, by the mark in its environment; its
 * own channel stays open until then, because closing it would hand the program a peaceful end of its input.
 */
function createStop({ channel, connection, ended }: OpenChannel, mark: string): Program["stop"] {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  return async (how) => {
    if (isOver) return;
    channel.resume(); // the channel closes only once its last byte was taken
    if (!connection.lostBecause()) await within(STOP_MS, stopRemote(connection, mark, how));
    channel.close();
    await within(LAST_WAIT_MS, ended);
  };
}

async function stopRemote(connection: OpenChannel["connection"], mark: string, how: Stop): Promise<void> {
  const { argv } = stopMarked(callMark(mark), how);
  const { channel, ended } = await exec(connection, `exec ${quoteAll(argv)}`);
  channel.stderr.resume();
  channel.resume().end();
  await ended;
}
