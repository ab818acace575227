import type { Readable } from "node:stream";
import { Fault, isFault } from "../model/fault.ts";
import { callOf, insideFault, liedFault, type Probe, refuseUnknownEnd } from "./container-exit.ts";
import { CALL_VARIABLE, JOB_VARIABLE, newMark, plainVariables } from "./environment.ts";
import type { Box, Calling, Command, Host, LoweredCommand, Ran, Running } from "./host.ts";
import { posixFiles } from "./posix-files.ts";
import { abortFault, type Call, cleanWords, type Stop } from "./program.ts";
import { relay } from "./relay.ts";
import { callMark } from "./ssh-line.ts";
import { lookForMarked, stopMarked } from "./stop-marked.ts";

type Ground = Pick<Host, "name" | "run" | "read" | "write">;

/** A quick run that ended well is believed; a longer one had the time to lose its client, and is looked after. */
const BELIEVED_MS = 2000;

/**
 * A container, by `exec` of its engine's client on the server that runs it. One process per exec: in a PostgreSQL container
 * the orphans of a shell pipeline make the server restart. A client that is killed leaves its program running and may even
 * exit 0, so programs are stopped inside, by the mark in their environment, and looked for after a good end.
 */
export function containerHost(server: Ground, box: Box): Host {
  const inside = createInside(server, box);
  const calls = {
    run: (command: Command, options: Running = {}) => run(inside, command, options),
    read: (command: Command, options: Calling = {}) => read(inside, command, options),
    write: (command: Command, source: Readable, options: Calling = {}) =>
      write(inside, { command, source }, options),
  };
  const lower = (command: Command) => lowerInto(box, command);
  return { name: inside.name, ...calls, lower, files: posixFiles({ name: inside.name, ...calls }) };
}

/** Variables that are passed on from the client's environment when they are set there. */
const PASSED_ON = [CALL_VARIABLE, JOB_VARIABLE];

/** The client's command for a command inside. Values of secrets, tag and mark come from the client's own environment. */
function lowerInto(box: Box, command: Command): LoweredCommand {
  plainVariables(command, { mark: "" }); // refuses names that are none
  const inherited = [...PASSED_ON, ...Object.keys(command.secrets ?? {})];
  const variables = [
    ...inherited,
    ...Object.entries(command.env ?? {}).map(([name, value]) => `${name}=${value}`),
  ].flatMap((variable) => ["-e", variable]);
  return {
    argv: [
      ...clientOf(box, inherited),
      "exec",
      "-i",
      ...userOf(box),
      ...variables,
      box.container,
      ...command.argv,
    ],
    ...(command.secrets === undefined ? {} : { secrets: command.secrets }),
    box,
  };
}

/** sudo forgets variables unless they are named. */
function clientOf({ client }: Box, variables: readonly string[]): [string, ...string[]] {
  const [program, ...words] = client;
  if (program !== "sudo" || variables.length === 0) return [program, ...words];
  return [program, `--preserve-env=${variables.join(",")}`, ...words];
}

function userOf(box: Box): readonly string[] {
  return box.user === undefined ? [] : ["-u", box.user];
}

/** What every call of one container needs. */
interface Inside extends Probe {
  readonly name: string;
  readonly server: Ground;
  readonly lower: (command: Command, mark: string) => Command;
  readonly stop: (mark: string, how: Stop) => Promise<void>;
  readonly isRunning: (mark: string) => Promise<boolean>;
}

function createInside(server: Ground, box: Box): Inside {
  const name = `${server.name}/container ${box.container}`;
  const probe: Probe["run"] = (argv) =>
    server.run({ argv: [...clientOf(box, []), "exec", ...userOf(box), box.container, ...argv] });
  return {
    name,
    server,
    run: probe,
    lower: (command, mark) => ({ ...lowerInto(box, command), env: { [CALL_VARIABLE]: mark } }),
    stop: async (mark, how) => {
      await probe(stopMarked(callMark(mark), how).argv);
    },
    isRunning: async (mark) => {
      const ran = await probe(lookForMarked(callMark(mark)).argv);
      await refuseUnknownEnd(callOf(name, { argv: ["sh"] }, "job.interrupted"), ran, NO_PROBE);
      return ran.code === 0 && ran.stdout.trim() !== "";
    },
  };
}

/** A container without a shell cannot be looked into: its client is believed. */
const NO_PROBE: Probe = { run: async () => ({ code: 0, stdout: "", stderr: "" }) };

async function run(inside: Inside, command: Command, options: Running): Promise<Ran> {
  const call = callOf(inside.name, command, "job.interrupted");
  const mark = newMark();
  const startedAt = performance.now();
  return attended(inside, { call, mark, signal: options.signal }, async (signal) => {
    const ran = await inside.server.run(inside.lower(command, mark), { ...options, signal });
    if (options.signal?.aborted) throw abortFault(options.signal);
    await refuseUnknownEnd(call, ran, inside);
    if (performance.now() - startedAt > BELIEVED_MS) await refuseLie(inside, call, mark);
    return { ...ran, stderr: cleanWords(command, ran.stderr) };
  });
}

function read(inside: Inside, command: Command, options: Calling): Readable {
  const call = callOf(inside.name, command, "dump.failed");
  const mark = newMark();
  const { tag, signal } = options;
  const source = inside.server.read(inside.lower(command, mark), tag === undefined ? {} : { tag });
  const out = relay(source, {
    bad: (error) => inTrouble(inside, { call, mark }, error),
    good: () => refuseLie(inside, call, mark),
    cut: () => inside.stop(mark, "gently").catch(() => undefined),
  });
  const onAbort = () => void (signal && out.destroy(abortFault(signal)));
  signal?.addEventListener("abort", onAbort, { once: true });
  out.once("close", () => signal?.removeEventListener("abort", onAbort));
  if (signal?.aborted) onAbort();
  return out;
}

async function write(
  inside: Inside,
  { command, source }: { command: Command; source: Readable },
  options: Calling,
): Promise<Ran> {
  const call = callOf(inside.name, command, "restore.failed");
  const mark = newMark();
  let broken: Error | undefined;
  const whole = relay(source, {
    bad: async (error) => {
      broken = error;
      // The program goes first: the end of its client would look like a peaceful end of its input.
      await inside.stop(mark, "at once").catch(() => undefined);
      return error;
    },
  });
  try {
    return await attended(inside, { call, mark, signal: options.signal }, async (signal) => {
      const ran = await inside.server.write(inside.lower(command, mark), whole, { ...options, signal });
      await refuseLie(inside, call, mark);
      return ran;
    });
  } catch (error) {
    throw broken ?? error; // the source's own words, whatever its end did to the program
  }
}

interface Marked {
  readonly call: Call;
  readonly mark: string;
}

/** An abort ends the program inside first, then its client; whatever else went wrong leaves nothing running either. */
async function attended<T>(
  inside: Inside,
  { call, mark, signal }: Marked & { readonly signal: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw abortFault(signal);
  const client = new AbortController();
  let stopped = Promise.resolve();
  const onAbort = () => {
    const abort = () => client.abort(signal?.reason);
    stopped = inside.stop(mark, "gently").then(abort, abort);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await work(client.signal);
  } catch (error) {
    await stopped;
    if (signal?.aborted) throw abortFault(signal);
    throw await inTrouble(inside, { call, mark }, error);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The error in the words of the program inside, and nothing left running. */
async function inTrouble(inside: Inside, { call, mark }: Marked, error: unknown): Promise<Error> {
  const stopping = inside.stop(mark, "at once").catch(() => undefined);
  // Over a lost connection it takes a new one, and the caller need not wait for that.
  if (isFault(error, "server.unreachable")) return error;
  await stopping;
  try {
    return await insideFault(call, error, inside);
  } catch {
    return error instanceof Error ? error : new Fault("bug", "a program ended oddly", { cause: error });
  }
}

async function refuseLie(inside: Inside, call: Call, mark: string): Promise<void> {
  if (!(await inside.isRunning(mark))) return;
  await inside.stop(mark, "at once").catch(() => undefined);
  throw liedFault(call);
}
