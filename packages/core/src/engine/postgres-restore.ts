import type { Command } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Reach, Restoration, RestoreRequest, Sink } from "./engine.ts";
import {
  checkRestore,
  diskOf,
  type Ground,
  groundSql,
  type RestorePlan,
  readGround,
} from "./postgres-check.ts";
import { FIRST_MAJOR_WITH_ROW_HASH, factsSql, readFacts, STEADY_SETTINGS } from "./postgres-facts.ts";
import { assertWholeLoad, PLAIN } from "./postgres-format.ts";
import { readDatabaseRider } from "./postgres-riders.ts";
import { rolesWarnings } from "./postgres-roles.ts";
import {
  ask,
  type Entered,
  type LoggedIn,
  lobbies,
  logIn,
  program,
  type Session,
} from "./postgres-session.ts";
import { stageName } from "./postgres-sql.ts";
import { dropOld, lookAround, type MadeRoles, makeStage, sweepStage } from "./postgres-stage.ts";
import { switchBack, switchIn } from "./postgres-switch.ts";
import type { PostgresTarget } from "./postgres-target.ts";
import { toolVersion } from "./postgres-tools.ts";
import { isServerWorking } from "./postgres-working.ts";

/** A crash loses the staging database anyway, so a load need not wait for the disk at each commit. */
const LOAD_OPTIONS = [
  "synchronous_commit=off",
  "maintenance_work_mem=262144",
  "default_transaction_read_only=off",
  "statement_timeout=0",
  "lock_timeout=0",
  "idle_in_transaction_session_timeout=0",
] as const;

/** Loads beside the target, counts, and switches by rename. */
export function planRestore(reach: Reach<PostgresTarget>, request: RestoreRequest): Restoration {
  const plan = planOf(reach, request);
  const way = wayIn(plan);
  let ground: Ground | undefined;
  let made: MadeRoles | undefined;
  const survey = async (): Promise<Ground> => {
    ground = readGround(await way.ask([groundSql(plan)]));
    return ground;
  };
  return {
    check: async () => {
      const [found, tool] = await Promise.all([survey(), toolVersion(reach, "pg_restore")]);
      await checkRestore(plan, found, tool);
    },
    present: async () => ((await lookAround(await way.enter(), plan)).target === null ? [] : [plan.into]),
    prepare: async () => {
      made = await makeStage(await way.enter(), plan, ground ?? (await survey()));
    },
    get load(): Sink {
      return { via: "command", command: loadCommand(way.session(), request), on: reach.host };
    },
    isWorking: async () => isServerWorking(await way.enter()),
    fills: () => (ground === undefined ? undefined : diskOf(plan, ground)),
    loaded: async (output) => {
      if (request.format.name === PLAIN) assertWholeLoad(output);
      const { major } = ground ?? (await survey());
      return [await countStage(await way.enter(), plan, major)];
    },
    commit: async () => switchIn(await way.enter(), plan),
    stage: async () => stageOf(await way.enter(), plan),
    abort: async () => sweepStage(await way.enter(), plan),
    undo: async () => switchBack(await way.enter(), plan),
    drop: async () => dropOld(await way.enter(), plan),
    warnings: () => [...(made === undefined ? [] : rolesWarnings(plan, made)), ...warningsOf(plan, ground)],
  };
}

interface WayIn {
  enter(): Promise<LoggedIn>;
  /** Asks there; the question is the first one when nobody entered yet. */
  ask(question: readonly string[]): Promise<string>;
  /** As it was entered; before that, the door that serves in nearly every image. */
  session(): Session;
}

/** Into a database other than the target, which cannot be renamed from inside. Found once. */
function wayIn({ reach, into }: RestorePlan): WayIn {
  const { target, container } = reach;
  let session: Session = { reach, address: container === undefined ? target.host : null, port: target.port };
  let entering: Promise<Entered> | undefined;
  const first = (question?: readonly string[]): Promise<Entered> => {
    const places = lobbies(target).filter((name) => name !== into);
    entering = logIn(reach, places, question);
    entering.then(
      (entered) => {
        session = entered.session;
      },
      () => {
        entering = undefined;
      },
    );
    return entering;
  };
  return {
    enter: () => entering ?? first(),
    ask: async (question) => {
      if (entering === undefined) return (await first(question)).printed;
      const entered = await entering;
      return await ask(entered.session, question, { database: entered.database });
    },
    session: () => session,
  };
}

async function stageOf(loggedIn: LoggedIn, plan: RestorePlan): Promise<"absent" | "staged" | "switched"> {
  const found = await lookAround(loggedIn, plan);
  if (found.stages.length > 0) return "staged";
  return found.isSwitched ? "switched" : "absent";
}

function planOf(reach: Reach<PostgresTarget>, request: RestoreRequest): RestorePlan {
  const [unit, ...more] = request.units;
  if (unit === undefined || more.length > 0) {
    throw new Fault(
      "input.invalid",
      `a PostgreSQL archive holds one database, ${request.units.length} were named`,
      {
        hint: "Restore one backup for each database.",
      },
    );
  }
  return { reach, request, ...unit, rider: readDatabaseRider(request.riders) };
}

/**
 * psql shows every line of a plain dump that it reads, its data excepted, so that the trailer at the end of what it prints tells that
 * the whole dump came: it takes a cut one for whole and exits 0.
 */
function loadCommand(session: Session, { format, choices }: RestoreRequest): Command {
  const database = stageName(session.reach.tag);
  const { ownership = true, rights = true } = choices ?? {};
  const without = [...(ownership ? [] : ["--no-owner"]), ...(rights ? [] : ["--no-privileges"])];
  const argv: Command["argv"] =
    format.name === PLAIN
      ? ["psql", "-X", "-w", "-a", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", "-"]
      : ["pg_restore", "--no-password", "--exit-on-error", ...without, `--dbname=${database}`];
  return program(session, argv, { database, role: "load", options: LOAD_OPTIONS });
}

/** Planner statistics are not in a dump: without them the first hour is slow. A table that its owner cannot analyze stays without. */
const ANALYZE = `do $$ declare t regclass; begin
for t in select oid from pg_catalog.pg_class where relkind in ('r', 'm') and relnamespace not in (select oid from pg_catalog.pg_namespace where nspname ~ '^pg_')
loop begin execute format('analyze %s', t); exception when others then null; end; end loop; end $$`;

/** Both read the whole database, so they do it at once. */
async function countStage({ session }: LoggedIn, plan: RestorePlan, major: number): Promise<UnitFacts> {
  const database = stageName(plan.reach.tag);
  const archived = plan.request.facts.find((unit) => unit.name === plan.from)?.digests;
  const wanted = {
    digests: archived !== undefined && major >= FIRST_MAJOR_WITH_ROW_HASH,
    isSuperuser: archived?.["(large objects)"] !== undefined,
  };
  // Nobody else is served by this database yet: it may use what cores there are.
  const quickly = "set max_parallel_workers_per_gather to default";
  const [printed] = await Promise.all([
    ask(session, [STEADY_SETTINGS, quickly, ...factsSql(wanted)], { database }),
    ask(session, [ANALYZE], { database }),
  ]);
  return readFacts(plan.into, printed);
}

function warningsOf({ request, into }: RestorePlan, ground: Ground | undefined): readonly string[] {
  if (ground === undefined) return [];
  const { idleSlots, major } = ground;
  const source = Number.parseInt(request.serverVersion ?? "", 10);
  return [
    ...(idleSlots.length === 0
      ? []
      : [
          `replication slots stay with the old data of ${into} and hold its log until they are dropped: ${idleSlots.join(", ")}`,
        ]),
    ...(source < 15 && major >= 15
      ? [
          `from PostgreSQL 15 on only the owner of ${into} may create tables in its schema public; grant CREATE to others who need it`,
        ]
      : []),
  ];
}
