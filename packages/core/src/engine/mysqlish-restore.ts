import type { Command } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Disk, Reach, Restoration, RestoreRequest, Sink } from "./engine.ts";
import { bringAccounts, readUsersRider } from "./mysqlish-accounts.ts";
import { checkRestore, type RestorePlan } from "./mysqlish-check.ts";
import { countingSql, objectsSql, readFacts } from "./mysqlish-facts.ts";
import { type LoggedIn, logIn } from "./mysqlish-inspect.ts";
import { readDatabaseRider } from "./mysqlish-riders.ts";
import { tellMissingUsers } from "./mysqlish-server-users.ts";
import { ask, clientOf, likelyDoor, loginWords, PLAINLY, type Session, script } from "./mysqlish-session.ts";
import { literal, stageName } from "./mysqlish-sql.ts";
import { dropOld, isThere, makeStage, stageOf, sweepStage, switchBack, switchIn } from "./mysqlish-stage.ts";
import type { MysqlTarget } from "./mysqlish-target.ts";
import { restorePrograms } from "./mysqlish-tools.ts";
import type { Vendor } from "./mysqlish-vendor.ts";

/** Loads beside the target, counts, and switches by renaming the tables. */
export function planRestore(vendor: Vendor, reach: Reach<MysqlTarget>, request: RestoreRequest): Restoration {
  const plan = planOf(vendor, reach, request);
  const way = wayIn(plan);
  const warnings: string[] = [];
  let disk: Disk | undefined;
  return {
    check: async () => {
      const [entered, programs] = await Promise.all([way.logIn(), restorePrograms(vendor, reach)]);
      disk = await checkRestore(entered, programs, plan);
    },
    present: async () => ((await isThere(await way.enter(), plan)) ? [plan.into] : []),
    prepare: async () => makeStage(await way.enter(), plan),
    get load(): Sink {
      return { via: "command", command: loadCommand(way.session(), plan), on: reach.host };
    },
    isWorking: async () => isServerWorking(await way.enter(), plan),
    fills: () => disk,
    loaded: async (output) => {
      assertWholeLoad(output);
      return [await countStage(await way.enter(), plan)];
    },
    commit: async () => {
      const session = await way.enter();
      warnings.push(...(await switchIn(session, plan)));
      warnings.push(...(await bringAccounts(session, readUsersRider(request.riders))));
      warnings.push(...(await tellMissingUsers(session, request.riders)));
    },
    stage: async () => stageOf(await way.enter(), plan),
    abort: async () => void (await sweepStage(await way.enter(), plan)),
    undo: async () => switchBack(await way.enter(), plan),
    drop: async () => dropOld(await way.enter(), plan),
    warnings: () => warnings,
  };
}

interface WayIn {
  logIn(): Promise<LoggedIn>;
  enter(): Promise<Session>;
  /** As it was entered; before that, the door that serves in nearly every image. */
  session(): Session;
}

function wayIn({ vendor, reach }: RestorePlan): WayIn {
  let session: Session = { vendor, reach, door: likelyDoor(reach) };
  let loggedIn: Promise<LoggedIn> | undefined;
  const enter = async (): Promise<LoggedIn> => {
    loggedIn ??= logIn(vendor, reach).catch((error: unknown) => {
      loggedIn = undefined;
      throw error;
    });
    const entered = await loggedIn;
    session = entered.session;
    return entered;
  };
  return { logIn: enter, enter: async () => (await enter()).session, session: () => session };
}

function planOf(vendor: Vendor, reach: Reach<MysqlTarget>, request: RestoreRequest): RestorePlan {
  const [unit, ...more] = request.units;
  if (unit === undefined || more.length > 0) {
    throw new Fault(
      "input.invalid",
      `a ${vendor.label} archive holds one database, ${request.units.length} were named`,
      { hint: "Restore one backup for each database." },
    );
  }
  return { vendor, reach, request, ...unit, rider: readDatabaseRider(request.riders) };
}

/** Printed by the server when it has run everything before the trailer. */
const WHOLE = "cofre:whole";

/**
 * On the way to the client: the trailer, when it is the last line, becomes a statement that prints, because the client takes a cut dump
 * for whole and exits 0; events are loaded switched off, because the server would run them in the staging database within a second; and
 * the lines that lead to a database by its name lead to this one, or nowhere.
 */
function filter(stage: string): readonly string[] {
  const off = "s/\\( ON COMPLETION \\(NOT \\)\\{0,1\\}PRESERVE\\)";
  return [
    `$s/^-- Dump completed on [0-9-]* [0-9 ][0-9]:[0-9][0-9]:[0-9][0-9]$/select '${WHOLE}';/`,
    `/^\\/\\*!50106 CREATE\\*\\//{${off} DISABLE ON SLAVE/\\1 DISABLE/;${off} DISABLE ON REPLICA/\\1 DISABLE/;${off} ENABLE/\\1 DISABLE ON SLAVE/;}`,
    `s/^ALTER DATABASE \`.*\` CHARACTER SET /ALTER DATABASE \`${stage}\` CHARACTER SET /`,
    "/^USE `.*`;$/d",
    "/^CREATE DATABASE /d",
  ];
}

/** The client runs nothing but SQL: its own commands, which can start programs, are off in binary mode. */
function loadCommand(session: Session, { reach }: RestorePlan): Command {
  const stage = stageName(reach.tag);
  const sed = filter(stage).map((_, index) => `-e "$${index + 1}"`);
  const text = `${clientOf(session)}sed ${sed.join(" ")} | { shift ${sed.length}; exec "$client" "$@"; }`;
  const words = [...loginWords(session), ...PLAINLY, `--database=${stage}`, "--max-allowed-packet=1G"];
  return script(session, text, [...filter(stage), ...words]);
}

function assertWholeLoad(output: string): void {
  if (output.trimEnd().split("\n").at(-1) === WHOLE) return;
  throw new Fault("restore.failed", "the load ended before `-- Dump completed on`", {
    hint: "Validate the backup; if it is whole, try again.",
    context: { tail: output.slice(-120) },
  });
}

async function countStage(session: Session, { vendor, reach, into }: RestorePlan): Promise<UnitFacts> {
  const stage = stageName(reach.tag);
  const counting = await ask(session, [countingSql(stage, `cofre:${reach.tag}`)]);
  const printed = await ask(session, [...counting.split(";\n"), ...objectsSql(vendor, stage)]);
  return readFacts(into, printed).facts;
}

/** Whether the server itself is busy for the load: building an index moves no byte for as long as it takes. */
async function isServerWorking(session: Session, { reach }: RestorePlan): Promise<boolean> {
  const printed = await ask(session, [
    `select count(*) from information_schema.processlist where db = ${literal(stageName(reach.tag))} and command = 'Query'
 and coalesce(state, '') not like 'Waiting for%lock%'`,
  ]);
  return printed !== "0";
}
