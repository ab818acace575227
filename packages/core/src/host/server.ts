import type { Host, Server, ServerFacts } from "./host.ts";
import { judgedDial } from "./judged-dial.ts";
import { posixFiles } from "./posix-files.ts";
import type { Launch } from "./program.ts";
import { programCalls } from "./program-calls.ts";
import { readServerFacts } from "./server-facts.ts";
import { createServerJobs } from "./server-jobs-runner.ts";

/** A machine from the two acts that machines differ in, starting a program and opening a connection, and what it takes to let it go. */
export function createServer(ground: {
  readonly name: string;
  readonly launch: Launch;
  readonly dial: Server["dial"];
  readonly close: () => Promise<void>;
}): Server {
  const { name } = ground;
  const calls = programCalls(name, ground.launch);
  const host: Host = { name, ...calls, lower: (command) => command, files: posixFiles({ name, ...calls }) };
  let facts: Promise<ServerFacts> | undefined;
  return {
    ...host,
    jobs: createServerJobs(host),
    dial: judgedDial({ name, run: calls.run, dial: ground.dial }),
    facts: () => {
      facts ??= readServerFacts(host).catch((error: unknown) => {
        facts = undefined; // a machine that did not answer is asked again
        throw error;
      });
      return facts;
    },
    [Symbol.asyncDispose]: ground.close,
  };
}
