import { Fault } from "../model/fault.ts";
import type { Reach, ReachedContainer } from "./engine.ts";
import { ask, fieldsOf, settingOf } from "./redis-ask.ts";
import { readCheck } from "./redis-check.ts";
import { PING, PUT, RESTART } from "./redis-files-scripts.ts";
import type { RestoreHelper } from "./redis-helper.ts";
import { beside } from "./redis-shell.ts";
import type { RedisTarget } from "./redis-target.ts";

/** What a server reads when it starts. */
export interface DataPlace {
  readonly folder: string;
  /** File or folder in it: `appendonlydir`, `appendonly.aof`, `dump.rdb`. */
  readonly name: string;
  /** Set where `name` is the folder of a multi-part AOF (Redis 7 and later): how the files in it begin. */
  readonly parts: string | null;
}

/** Where the data of the target lies. Refuses a target whose files cannot be reached while it is stopped. */
export async function dataPlaceOf(
  reach: Reach<RedisTarget>,
  container: ReachedContainer,
): Promise<DataPlace> {
  const names = ["dir", "dbfilename", "appendfilename", "appenddirname"] as const;
  const [info = "", ...replies] = await ask(reach, ["INFO", ...names.map((name) => `CONFIG GET ${name}`)]);
  const fields = fieldsOf(info);
  const [dir, rdb, aof, folder] = names.map((name, index) => settingOf(replies[index] ?? "", name));
  const place = dir ?? (await workingFolder(reach, container, fields.process_id ?? ""));
  await refuseUnreachable(reach, container, place);
  const major = Number((fields.redis_version ?? "").split(".")[0]);
  if (fields.aof_enabled !== "1") return { folder: place, name: rdb ?? "dump.rdb", parts: null };
  const base = aof ?? "appendonly.aof";
  if (major < 7) return { folder: place, name: base, parts: null };
  return { folder: place, name: folder ?? "appendonlydir", parts: base };
}

export function stageOf({ folder }: DataPlace, tag: string): string {
  return `${folder}/.cofre-stage-${tag}`;
}

/** Stops the target, puts the checked RDB in the place of its data, starts it again. Throws with the target as it was. */
export async function switchFiles(
  reach: Reach<RedisTarget>,
  container: ReachedContainer,
  helper: RestoreHelper,
): Promise<void> {
  if ((await filesState(helper)) === "done") return;
  const check = await helper.run('cd "$COFRE_STAGE" && cat check && rm -f given-up');
  if (check.code !== 0) {
    throw new Fault("restore.failed", "the copy beside the target is gone", {
      hint: "Look whether the server ran out of memory, then restore again.",
    });
  }
  const { keys, expires } = readCheck(check.stdout);
  const said = await restart({ reach, container, helper }, "commit", { least: keys - expires, most: keys });
  if ((await filesState(helper)) === "done") return;
  await putBack(reach, container, helper);
  throw new Fault("restore.failed", `the target did not start on the new data: ${said}`, {
    hint: "Look at the log of the container.",
    context: { keys },
  });
}

/** When a switch was cut half-way: puts the old files back where they were moved, and has the target running again. */
export async function putBack(
  reach: Reach<RedisTarget>,
  container: ReachedContainer,
  helper: RestoreHelper,
): Promise<void> {
  const state = await filesState(helper);
  if (state === "done" || (state === "untouched" && (await isRunning(reach, container)))) return;
  const said = await restart({ reach, container, helper }, "back", { least: 0, most: 0 });
  if ((await filesState(helper)) !== "switching" && (await isRunning(reach, container))) return;
  throw new Fault("restore.failed", `the old data could not be put back: ${said}`, {
    hint: `Start the container by hand; its old data lies in the folder .cofre-stage-${reach.tag} beside the new.`,
    context: { targetChanged: true },
  });
}

async function isRunning(
  { server }: Reach<RedisTarget>,
  { client, container }: ReachedContainer,
): Promise<boolean> {
  const ran = await server.run({ argv: [...client, "inspect", "-f", "{{.State.Running}}", container] });
  return ran.stdout.trim() === "true";
}

/** How far the files are: untouched, being switched, or switched and proven to load. */
export async function filesState(helper: RestoreHelper): Promise<"untouched" | "switching" | "done"> {
  const { stdout } = await helper.run('cat "$COFRE_STAGE/state" 2> /dev/null');
  const state = stdout.trim();
  return state === "done" || state === "switching" ? state : "untouched";
}

/** Sweeps the stage, old data included. */
export async function sweepFiles(helper: RestoreHelper): Promise<void> {
  await helper.run('rm -rf "$COFRE_STAGE"');
}

interface Restarting {
  readonly reach: Reach<RedisTarget>;
  readonly container: ReachedContainer;
  readonly helper: RestoreHelper;
}

async function restart(
  { reach, container, helper }: Restarting,
  act: "commit" | "back",
  range: { readonly least: number; readonly most: number },
): Promise<string> {
  const ping = beside(reach.target, PING);
  const [, , pingScript = "", , host = "", port = "", user = ""] = ping.argv;
  try {
    const ran = await reach.server.run({
      argv: ["sh", "-c", RESTART, "cofre", act, ...clientWith(container, "REDISCLI_AUTH")],
      env: {
        COFRE_SWITCH: reach.tag,
        COFRE_TARGET: container.container,
        COFRE_HELPER: helper.name,
        COFRE_PUT: PUT,
        COFRE_PING: pingScript,
        COFRE_LOGIN: `${host} ${port} ${user}`,
        COFRE_LEAST: String(range.least),
        COFRE_MOST: String(range.most),
      },
      secrets: { ...ping.secrets },
    });
    return ran.stderr.trim().split("\n").at(-1) || `exit code ${ran.code}`;
  } catch (error) {
    // What became of the files is told by the helper.
    return error instanceof Error ? error.message : String(error);
  }
}

/** sudo forgets variables unless they are named. */
function clientWith({ client }: ReachedContainer, variable: string): readonly string[] {
  const [program, ...words] = client;
  return program === "sudo" ? [program, `--preserve-env=${variable}`, ...words] : client;
}

/** Redis goes to its `dir` when it starts, so that its working folder tells it where CONFIG is forbidden. */
async function workingFolder(
  { server, host }: Reach<RedisTarget>,
  { client, container }: ReachedContainer,
  pid: string,
): Promise<string> {
  const owner = await host.run({ argv: ["stat", "-c", "%u", `/proc/${pid}`] });
  const link = ["readlink", `/proc/${pid}/cwd`];
  const ran = await server.run({ argv: [...client, "exec", "-u", owner.stdout.trim(), container, ...link] });
  const folder = ran.stdout.trim();
  if (folder.startsWith("/")) return folder;
  throw new Fault("target.unsuitable", `where Redis on ${host.name} keeps its data is not to be found out`, {
    hint: "Allow CONFIG and REPLICAOF to the user of the backup, then restore again.",
    context: { stderr: ran.stderr.slice(-500) },
  });
}

async function refuseUnreachable(
  { server, host }: Reach<RedisTarget>,
  { client, container }: ReachedContainer,
  folder: string,
): Promise<void> {
  const format =
    '{{index .Config.Labels "com.docker.swarm.service.id"}}{{range .Mounts}}{{"\\n"}}{{.Destination}}{{end}}';
  const ran = await server.run({
    argv: [...client, "inspect", "--type", "container", "-f", format, container],
  });
  const [swarm = "", ...mounts] = ran.stdout.trimEnd().split("\n");
  if (swarm !== "") {
    throw new Fault(
      "target.unsuitable",
      `Redis on ${host.name} is a Swarm service and may not be stopped alone`,
      {
        hint: "Allow CONFIG and REPLICAOF to the user of the backup: then it is restored without a stop.",
      },
    );
  }
  if (mounts.some((mount) => folder === mount || folder.startsWith(`${mount}/`))) return;
  throw new Fault(
    "target.unsuitable",
    `${folder} of ${host.name} is not on a volume, nothing can be put there`,
    {
      hint: "Allow CONFIG and REPLICAOF to the user of the backup, or put the data on a volume.",
    },
  );
}
