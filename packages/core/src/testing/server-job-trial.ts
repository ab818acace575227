import { randomBytes } from "node:crypto";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type SshServerName, sshServer } from "@cofre/lab";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import type { ServerJobView } from "../host/server-jobs.ts";
import { connectSsh } from "../host/ssh.ts";
import { Secret } from "../model/secret.ts";

/** A server with a folder of its own, removed with everything in it at the end. */
export interface JobTrial extends AsyncDisposable {
  readonly server: Server;
  readonly folder: string;
  /** Id, owner and journals of a new job. */
  spec(): { readonly id: string; readonly owner: string; readonly journals: string };
  /** Polls until the job is over. */
  over(id: string): Promise<ServerJobView>;
  /** Polls until a claim about the view holds; throws with the last view after twenty seconds. */
  until(id: string, claim: (view: ServerJobView) => boolean): Promise<ServerJobView>;
  sh(script: string, ...words: readonly string[]): Promise<string>;
}

const PATIENCE_MS = 20_000;

/** A query that prints without end, slowly enough to be caught in the act. */
export const ENDLESS_QUERY =
  "copy (select repeat('x', 500), pg_sleep(0.001) from generate_series(1, 1000000)) to stdout";
/** A script: process ids of what carries the job $1, as a variable of its own: sudo writes the words of a look into SUDO_COMMAND. */
export const FIND_JOB = 'grep -lsz "^COFRE_JOB=$1$" /proc/[0-9]*/environ | cut -d/ -f3';
/** A script: signal $2 to the container engine's client of job $1 that runs that query; to itself, not to sudo before it. */
export const SIGNAL_CLIENT = `for p in $(grep -ls "COFRE_JOB=$1" /proc/[0-9]*/cmdline | cut -d/ -f3); do
  read -r name < "/proc/$p/comm" && [ "$name" = docker ] && grep -qs pg_sleep "/proc/$p/cmdline" && kill "-$2" "$p"
done`;

/** This machine, with `sh` and the tools that stand first in the given PATH. */
export async function localTrial(path?: string): Promise<JobTrial> {
  return await trialOn(createLocalServer("here", path === undefined ? {} : { PATH: path }));
}

export async function sshTrial(name: SshServerName, user = "root"): Promise<JobTrial> {
  return await trialOn(await connectLab(name, user));
}

export async function connectLab(name: SshServerName, user = "root"): Promise<Server> {
  const lab = sshServer(name);
  const { privateKey } = lab.key("ed25519");
  const [hostKey] = lab.hostKeys;
  if (hostKey === undefined) throw new Error(`the lab's server ${name} has no host key`);
  const { host, port } = lab;
  return await connectSsh({ name, host, port, user, auth: { privateKey: new Secret(privateKey) }, hostKey });
}

export async function trialOn(server: Server): Promise<JobTrial> {
  const folder = (await server.run({ argv: ["mktemp", "-d", "/tmp/cofre-job.XXXXXX"] })).stdout.trim();
  const journals = `${folder}/jobs`;
  const until = async (id: string, claim: (view: ServerJobView) => boolean) => {
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(60)) {
      const [view] = await server.jobs.poll(journals, [id]);
      if (view !== undefined && claim(view)) return view;
      if (Date.now() > end) throw new Error(`it never came to that: ${JSON.stringify(view)}`);
    }
  };
  return {
    server,
    folder,
    spec: () => ({ id: randomBytes(16).toString("hex"), owner: "trial", journals }),
    until,
    over: (id) => until(id, (view) => view.state !== "running"),
    sh: async (script, ...words) => {
      const ran = await server.run({ argv: ["sh", "-c", script, "sh", ...words] });
      return ran.stdout.trim();
    },
    [Symbol.asyncDispose]: async () => {
      await server.run({ argv: ["rm", "-rf", folder] });
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A folder of links by which `sh`, and with `applets` every tool, is one program. Resolves with its PATH. */
export async function pathWith(program: string, applets?: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cofre-path-"));
  await Promise.all((applets ?? ["sh"]).map((name) => symlink(program, join(folder, name))));
  return applets === undefined ? `${folder}:/usr/bin:/bin` : folder;
}

export async function removePath(path: string): Promise<void> {
  const [folder] = path.split(":");
  if (folder?.includes("cofre-path-")) await rm(folder, { recursive: true });
}
