import { posix } from "node:path";
import { Fault } from "../model/fault.ts";
import type { Secret } from "../model/secret.ts";
import type { LoweredCommand } from "./host.ts";
import type { LastBytes, ServerJobSpec } from "./server-jobs.ts";
import { quote, quoteAll } from "./ssh-quote.ts";

export type JobMode = "detached" | "stream" | "feed";

/** A spec in the words of the job script. */
export interface WrittenSpec {
  /** Shell functions and assignments, fit for the journal: it names the secrets' variables, never their values. */
  readonly text: string;
  /** Values of those variables. */
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly partial: string;
}

interface Part {
  readonly name: string;
  readonly command: LoweredCommand;
  /** Gets the companion's line. */
  readonly isAccompanied: boolean;
  /** Its stdin is a pipe or a file. */
  readonly isFed: boolean;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Writes a spec down for the server. Throws `input.invalid` for what no shell or program could receive. */
export function writeSpec(spec: ServerJobSpec, mode: JobMode): WrittenSpec {
  checkSpec(spec, mode);
  const secrets: Record<string, Secret> = {};
  const parts = partsOf(spec, mode);
  const functions = parts.map((part) => functionOf(part, { spec, secrets }));
  const output = spec.output?.path ?? "";
  const partial = output === "" ? "" : `${output}.${spec.id}.partial`;
  const lines = [
    `output=${quote(output)} partial=${quote(partial)} input=${quote(spec.input?.path ?? "")}`,
    `count=${spec.stages.length} exports=${quote(spec.companion?.exports ?? "")} observed=${spec.observer ? "yes" : "''"}`,
    `last=${isLast(spec.observer) ? spec.observer.lastBytes : ""}`,
    `secrets_here='${Object.keys(secrets).join(" ")}'`,
    `boxes() {\n:\n${boxLines(parts)}}`,
    ...functions,
  ];
  return { text: lines.join("\n"), secrets, partial };
}

function partsOf(spec: ServerJobSpec, mode: JobMode): Part[] {
  const stages = spec.stages.map((command, index) => ({
    name: `stage${index + 1}`,
    command,
    isAccompanied: spec.companion !== undefined,
    isFed: index > 0 || spec.input !== undefined || mode === "feed",
  }));
  const { companion, observer } = spec;
  const beside: Part[] = [];
  if (companion) {
    beside.push({ name: "companion", command: companion.command, isAccompanied: false, isFed: false });
  }
  if (observer) {
    const command = isLast(observer) ? tailOf(observer) : observer;
    beside.push({ name: "observer", command, isAccompanied: companion !== undefined, isFed: true });
  }
  return [...stages, ...beside];
}

function isLast(observer: ServerJobSpec["observer"]): observer is LastBytes {
  return observer !== undefined && "lastBytes" in observer;
}

/** For a server that cannot keep the end of a stream that it passes on. */
function tailOf({ lastBytes }: LastBytes): LoweredCommand {
  return { argv: ["tail", "-c", String(lastBytes)] };
}

/** One program as a shell function that becomes it: its variables are exported in its own subshell alone. */
function functionOf(
  part: Part,
  { spec, secrets }: { spec: ServerJobSpec; secrets: Record<string, Secret> },
): string {
  const { command, name } = part;
  const exported = Object.entries(command.env ?? {}).map(
    ([key, value]) => `export ${variable(key)}=${quote(value)}`,
  );
  for (const [key, secret] of Object.entries(command.secrets ?? {})) {
    const kept = `COFRE_SECRET_${Object.keys(secrets).length}`;
    secrets[kept] = secret;
    exported.push(`export ${variable(key)}="$${kept}"`);
  }
  const { box } = command;
  const lane = laneOf(part, spec);
  if (box === undefined || lane === undefined) {
    return [`run_${name}() {`, ...exported, `exec ${quoteAll(argvOf(part, spec))}`, "}"].join("\n");
  }
  const words = quoteAll([box.user ?? "", box.container, ...box.client]);
  return [
    `client_${name}() {`,
    ...exported,
    `exec ${quoteAll(argvOf(part, spec))}`,
    "}",
    `run_${name}() { ${lane} client_${name} ${words}; }`,
  ].join("\n");
}

/**
 * Makes the lane the program's own stdout or stdin, see server-job-lane.sh. A program without one talks to the client as ever. What
 * fills a pipe by the C library's 4 KiB wakes its reader sixteen times as often as by all that the pipe holds: stdbuf of GNU coreutils
 * changes that, where the image has one that works (mariadb-dump 11.8 into `cat`: 5.4 s against 4.4 s for 400 MB).
 */
const IN_LANE = `if [ -n "$COFRE_LANE_OUT" ] && [ -d "/dev/shm/$COFRE_LANE_OUT.here" ] && (umask 077 && mkfifo "/dev/shm/$COFRE_LANE_OUT") 2> /dev/null; then
  exec > "/dev/shm/$COFRE_LANE_OUT"
  rm -f "/dev/shm/$COFRE_LANE_OUT"
  ! stdbuf -o64K true > /dev/null 2>&1 || exec stdbuf -o64K "$@"
elif [ -n "$COFRE_LANE_IN" ]; then
  exec < "/dev/shm/$COFRE_LANE_IN"
  rm -f "/dev/shm/$COFRE_LANE_IN"
fi
exec "$@"`;

/** The way through a lane of what a shell starts in a container, where there is one to open it: a dump out, a file's contents in. */
function laneOf({ name, command: { box, argv }, isFed }: Part, spec: ServerJobSpec): string | undefined {
  if (programAt(box, argv) === undefined) return undefined;
  if (name === "stage1" && !isFed) return "draw";
  return name === `stage${spec.stages.length}` && spec.input !== undefined ? "pour" : undefined;
}

/** Where the words of the shell begin that runs inside; undefined when none does. */
function programAt(box: LoweredCommand["box"], argv: readonly string[]): number | undefined {
  const at = box === undefined ? -1 : argv.indexOf(box.container, argv.indexOf("exec")) + 1;
  return at > 0 && argv[at] === "sh" ? at : undefined;
}

function variable(name: string): string {
  if (NAME.test(name)) return name;
  throw new Fault("input.invalid", `"${name}" cannot be the name of an environment variable`);
}

/**
 * A boxed program's words, as the container engine's client takes them: the job's tag and the companion's variable go in by
 * `-e`, stdin by `-i`; sudo lets the client see the variables that it hands on without their values.
 */
function argvOf(part: Part, spec: ServerJobSpec): readonly string[] {
  const { command, isAccompanied, isFed } = part;
  const { box } = command;
  if (!box) return command.argv;
  const isLaned = laneOf(part, spec) !== undefined;
  const argv = isLaned ? laned(box, command.argv) : command.argv;
  const words = argv.indexOf("exec");
  const client = argv.slice(0, words);
  if (!isClientOf(box.client, client)) {
    throw new Fault("bug", "a program in a container is not lowered to its client's words and exec");
  }
  const handedOn = isAccompanied && spec.companion ? [spec.companion.exports] : [];
  const options = [
    ...(isFed ? ["-i"] : []),
    ...["-e", `COFRE_JOB=${spec.id}`],
    ...handedOn.flatMap((name) => ["-e", name]),
    ...(isLaned ? ["-e", "COFRE_LANE_OUT", "-e", "COFRE_LANE_IN"] : []),
  ];
  const seen = [...Object.keys(command.env ?? {}), ...Object.keys(command.secrets ?? {}), ...handedOn];
  return [...clientSeeing(client, seen), "exec", ...options, ...argv.slice(words + 1)];
}

function laned(box: LoweredCommand["box"], argv: readonly string[]): readonly string[] {
  const at = programAt(box, argv);
  return at === undefined ? argv : [...argv.slice(0, at), "sh", "-c", IN_LANE, "cofre", ...argv.slice(at)];
}

const PRESERVED = "--preserve-env=";

/** sudo's list of variables may stand between the client's words. */
function isClientOf(client: readonly string[], words: readonly string[]): boolean {
  const plain = words.filter((word) => !word.startsWith(PRESERVED));
  return plain.length === client.length && client.every((word, index) => plain[index] === word);
}

/** sudo adds up several lists. */
function clientSeeing(client: readonly string[], names: readonly string[]): readonly string[] {
  const [program = "", ...rest] = client;
  if (posix.basename(program) !== "sudo" || names.length === 0) return client;
  return [program, `${PRESERVED}${names.join(",")}`, ...rest];
}

/** Where programs of this job live, each place once: `box CONTAINER USER CLIENT…`. */
function boxLines(parts: readonly Part[]): string {
  const lines = parts.flatMap(({ command: { box } }) =>
    box ? [`box ${quoteAll([box.container, box.user ?? "", ...box.client])}\n`] : [],
  );
  return Array.from(new Set(lines)).join("");
}

/** A job's id is part of paths and patterns: nothing but 32 hex characters passes. */
export function checkId(id: string): void {
  if (!/^[0-9a-f]{32}$/.test(id))
    throw new Fault("input.invalid", "a server job's id is 32 characters of [0-9a-f]");
}

export function checkOwner(owner: string): void {
  if (!/^[\w.:-]{1,128}$/.test(owner)) {
    throw new Fault(
      "input.invalid",
      "the owner of a server job is 1 to 128 letters, digits, dots, colons and dashes",
    );
  }
}

export function checkPath(path: string): void {
  if (!path.startsWith("/") || path.endsWith("/") || path.includes("\0")) {
    throw new Fault("input.invalid", "the path of a server job's file is absolute and names no folder", {
      context: { path },
    });
  }
}

function checkSpec(spec: ServerJobSpec, mode: JobMode): void {
  checkId(spec.id);
  checkOwner(spec.owner);
  for (const path of [spec.journals, spec.input?.path, spec.output?.path]) {
    if (path !== undefined) checkPath(path);
  }
  if (spec.companion) variable(spec.companion.exports);
  if (mode === "stream" && spec.output) throw new Fault("bug", "a streamed job has no output file");
  if (mode === "feed" && spec.input) throw new Fault("bug", "a fed job has no input file");
}
