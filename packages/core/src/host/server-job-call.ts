import { readFileSync } from "node:fs";
import { Fault } from "../model/fault.ts";
import type { Secret } from "../model/secret.ts";
import type { Host } from "./host.ts";
import { refusalFault } from "./server-job-refusal.ts";
import { type JobMode, type WrittenSpec, writeSpec } from "./server-job-spec.ts";
import { readAnswer } from "./server-job-view.ts";
import type { ServerJobSpec, ServerJobView } from "./server-jobs.ts";
import { quote, quoteAll } from "./ssh-quote.ts";

/** The last line lets the start see that the whole script came to rest. */
const LAST = ['"$@"', "exit", "# the end"];
const [TOOLS, RUN, LANE, END, ASK] = ["tools", "run", "lane", "end", "ask"].map((part) =>
  readFileSync(new URL(`./server-job-${part}.sh`, import.meta.url), "utf8"),
);
/** What a journal keeps, to run the job. */
const JOB = [TOOLS, RUN, LANE, END, ...LAST].join("\n");
/** What is sent with every question. */
const QUESTIONS = [TOOLS, ASK, ...LAST].join("\n");

/** A companion of 16 MiB arrives as hex with blanks. */
const LIMIT_BYTES = 96 * 1024 * 1024;

/** One action of the job script. Everything travels on stdin: nothing shows in `ps`, and nothing is too long. */
export async function askServer(
  host: Host,
  [action, ...words]: readonly [string, ...string[]],
  variables: Readonly<Record<string, string>>,
): Promise<readonly ServerJobView[]> {
  return await send(host, [...assignments(variables), `set -- ${quoteAll([action, ...words])}`, QUESTIONS]);
}

/** Makes the journal of a job, and in mode `detached` starts it. */
export async function startOnServer(
  host: Host,
  spec: ServerJobSpec,
  mode: JobMode,
): Promise<{ readonly view: ServerJobView; readonly written: WrittenSpec }> {
  const written = writeSpec(spec, mode);
  const variables = {
    mode,
    journals: spec.journals,
    id: spec.id,
    owner: spec.owner,
    output: spec.output?.path ?? "",
    partial: written.partial,
    input: spec.input?.path ?? "",
    spec: written.text,
    secrets: mode === "detached" ? assignments(revealed(written.secrets)).join("\n") : "",
    body: JOB,
  };
  const [view] = await send(host, [...assignments(variables), "set -- start", QUESTIONS]);
  if (view === undefined) throw new Fault("bug", `${host.name} did not say what became of a server job`);
  return { view, written };
}

async function send(host: Host, lines: readonly string[]): Promise<readonly ServerJobView[]> {
  const stdin = `${lines.join("\n")}\n`;
  const ran = await host.run({ argv: ["sh", "-s"] }, { stdin, limitBytes: LIMIT_BYTES });
  const { views, refusal } = readAnswer(ran.stdout);
  if (refusal !== undefined) throw refusalFault(host.name, refusal);
  if (ran.code !== 0) {
    throw new Fault("bug", `the script of server jobs failed on ${host.name}`, {
      context: { code: ran.code, stderr: ran.stderr.slice(-1000) },
    });
  }
  return views;
}

function assignments(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
}

function revealed(secrets: Readonly<Record<string, Secret>>): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]));
}
