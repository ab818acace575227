import { setTimeout as sleep } from "node:timers/promises";
import type { Command, Host } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault, isFault } from "../model/fault.ts";
import type { Reach, ReachedContainer, Restoration, RestoreRequest } from "./engine.ts";
import { ask, settingOf } from "./redis-ask.ts";
import { type CheckedRdb, factsOf, readCheck } from "./redis-check.ts";
import { checkTarget } from "./redis-check-target.ts";
import { unknownUnit } from "./redis-dump.ts";
import { dataPlaceOf, filesState, putBack, stageOf, sweepFiles, switchFiles } from "./redis-files.ts";
import { type RestoreHelper, restoreHelper } from "./redis-helper.ts";
import {
  checkServed,
  emptiedBySwitch,
  isReplaced,
  LIVE_STAGE,
  persisted,
  sidecarOf,
  standAlone,
  switchLive,
} from "./redis-live.ts";
import { forgetSwitch, rememberSwitch, wasSwitched } from "./redis-switched.ts";
import { type RedisTarget, WHOLE_SERVER } from "./redis-target.ts";

const LONGEST_SWITCH_MS = 3_600_000;

interface Parts {
  /** What the user should know once it is switched. */
  readonly warnings: string[];
  readonly reach: Reach<RedisTarget>;
  readonly container: ReachedContainer;
  readonly helper: RestoreHelper;
}

/**
 * Restores a whole server. The RDB is checked and loaded by a helper of the target's own image; then the target follows it live,
 * or, where commands or settings forbid that, is stopped and started on the new files.
 */
export function restoreRedis(reach: Reach<RedisTarget>, request: RestoreRequest): Restoration {
  const { container } = reach;
  if (container === undefined) throw noContainer(reach);
  const parts: Parts = { warnings: [], reach, container, helper: restoreHelper(reach, container) };
  return {
    check: () => {
      const wrong = request.units.find(({ into }) => into !== WHOLE_SERVER);
      if (wrong !== undefined || request.units.length !== 1)
        throw unknownUnit(reach, wrong?.into ?? "nothing");
      return checkTarget(reach, request);
    },
    present: async () => [WHOLE_SERVER],
    prepare: () => prepare(parts),
    load: { via: "command", command: { argv: parts.helper.loadArgv }, on: reach.server },
    loaded: (output) => loaded(parts, output),
    commit: () => commit(parts),
    stage: () => stage(parts),
    abort: () => abort(parts),
    // What was there is in the safety backup: a Redis has no room for both.
    undo: async () => undefined,
    warnings: () => parts.warnings,
    drop: async () => {
      await sweep(parts);
      await forgetSwitch(reach, container);
    },
  };
}

async function prepare({ reach, container, helper }: Parts): Promise<void> {
  const replies = await ask(reach, [
    "CONFIG GET databases",
    "CONFIG GET tls-replication",
    "COMMAND INFO replicaof",
    "MODULE LIST",
  ]);
  const databases = settingOf(replies[0] ?? "", "databases");
  const needsTls = settingOf(replies[1] ?? "", "tls-replication") === "yes";
  const canFollow = (replies[2] ?? "").startsWith("replicaof");
  if (databases !== undefined && canFollow && !needsTls) {
    const modules = [...(replies[3] ?? "").matchAll(/^path\n(\/.*)$/gm)].map(
      (match) => `loadmodule ${match[1]}`,
    );
    await helper.start("live", {
      COFRE_STAGE: LIVE_STAGE,
      COFRE_DATABASES: databases,
      COFRE_MODULES: modules.join("\n"),
      // Any port will do: it is only seen inside the target's own network.
      COFRE_PORT: String(26_000 + (Number.parseInt(reach.tag.slice(-4), 16) % 6_000)),
    });
    return;
  }
  const place = await dataPlaceOf(reach, container);
  await helper.start("files", {
    COFRE_STAGE: stageOf(place, reach.tag),
    COFRE_NAME: place.name,
    COFRE_PARTS: place.parts ?? "",
  });
}

async function loaded({ reach, helper }: Parts, output: string): Promise<readonly UnitFacts[]> {
  const checked: CheckedRdb = readCheck(output);
  if ((await helper.method()) === "live") await checkServed(reach, helper, checked);
  return factsOf(checked);
}

async function commit(parts: Parts): Promise<void> {
  const { reach, container, helper, warnings } = parts;
  if (await wasSwitched(reach, container)) return;
  const method = await helper.method();
  if (method === undefined) {
    throw new Fault("restore.failed", "the container beside the target is gone", {
      hint: "Look whether the server ran out of memory or was restarted, then restore again.",
    });
  }
  if (method === "live") {
    await switchLive(reach, helper);
    await rememberSwitch(reach, container);
    const warning = await persisted(reach);
    if (warning !== undefined) warnings.push(warning);
  } else {
    await switchFiles(reach, container, helper);
    await rememberSwitch(reach, container);
    warnings.push("the container was stopped and started: its commands or settings forbid a live restore");
  }
  await sweep(parts);
}

async function stage(parts: Parts): ReturnType<Restoration["stage"]> {
  const { reach, container, helper } = parts;
  if (await wasSwitched(reach, container)) return "switched";
  const method = await helper.method();
  if (method === undefined) return "absent";
  await switchEnded(parts);
  const isSwitched =
    method === "live" ? await isLiveSwitched(reach, helper) : (await filesState(helper)) === "done";
  if (isSwitched) await rememberSwitch(reach, container);
  return isSwitched ? "switched" : "staged";
}

async function abort(parts: Parts): Promise<void> {
  const { reach, container, helper } = parts;
  let emptied: Fault | undefined;
  const found = await stage(parts);
  if (found === "staged") {
    if ((await helper.method()) === "live") {
      const side = await sidecarOf(helper);
      if (side !== undefined) await standAlone(reach, helper, side.port);
      // The target may have taken everything over in the moment it was let go.
      if (await isLiveSwitched(reach, helper)) await rememberSwitch(reach, container);
      else emptied = await emptiedBySwitch(reach, helper);
    } else {
      await putBack(reach, container, helper);
    }
  }
  await sweep(parts);
  if (emptied !== undefined) throw emptied;
}

async function sweep({ helper }: Parts): Promise<void> {
  if ((await helper.method()) === "files") await sweepFiles(helper);
  await helper.remove();
}

async function isLiveSwitched(reach: Reach<RedisTarget>, helper: RestoreHelper): Promise<boolean> {
  const side = await sidecarOf(helper);
  if (side === undefined) return false;
  return isReplaced(reach, side).catch(() => false);
}

/** A switch outlives whoever started it: waits until its script is gone. Throws when that cannot be seen. */
async function switchEnded({ reach }: Parts): Promise<void> {
  // One program for all that runs there; from 126 on it could not be started.
  const script = 'grep -ls "COFRE_SWITCH=$1" /proc/[0-9]*/environ; [ $? -lt 126 ]';
  const look = { argv: ["sh", "-c", script, "look", reach.tag] } as const;
  const until = Date.now() + LONGEST_SWITCH_MS;
  while (Date.now() < until) {
    const found = await Promise.all([reach.host, reach.server].map((host) => programsOn(host, look)));
    if (found.every((programs) => programs === "")) return;
    await sleep(500);
  }
  throw new Fault("restore.failed", `the switch to the restored data on ${reach.host.name} does not end`, {
    hint: "Look whether the target answers and what it waits for: the switch goes on there by itself.",
  });
}

async function programsOn(host: Host, look: Command): Promise<string> {
  try {
    const { code, stdout, stderr } = await host.run(look);
    if (code === 0) return stdout;
    throw new Fault("target.unreachable", `what runs on ${host.name} could not be seen: ${stderr.trim()}`, {
      hint: "Look whether the server and its container answer, then try again.",
    });
  } catch (error) {
    // The target is stopped while its files are switched: nothing runs in it then.
    if (isFault(error, "target.missing")) return "";
    throw error;
  }
}

function noContainer({ host }: Reach<RedisTarget>): Fault {
  return new Fault("target.unsuitable", `Redis on ${host.name} is not in a container that Cofre can reach`, {
    hint: "A restore needs the container: add the resource from the list of detected containers.",
  });
}
