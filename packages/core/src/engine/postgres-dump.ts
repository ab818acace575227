import type { Command } from "../host/host.ts";
import type { DumpFormat } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { DumpPlan, DumpRemains, DumpRequest, Reach } from "./engine.ts";
import { FIRST_MAJOR_WITH_ROW_HASH } from "./postgres-facts.ts";
import { assertPlainTrailer, CUSTOM, PLAIN } from "./postgres-format.ts";
import { type Preflight, preflightSql, readPreflight } from "./postgres-preflight.ts";
import { databaseRider, globalsRider } from "./postgres-riders.ts";
import { firstSession, isSameDoor, logIn, program, type Session } from "./postgres-session.ts";
import { keptFacts, SNAPSHOT_VARIABLE, snapshotKeeper } from "./postgres-snapshot.ts";
import type { PostgresTarget } from "./postgres-target.ts";
import { PAST_WRAPPER, refuseOlderTool, toolVersion } from "./postgres-tools.ts";
import { isServerWorking } from "./postgres-working.ts";

/** Throws before the first byte: `target.*` for the way in and for rights, `engine.version` for tools that are too old. */
export async function planDump(reach: Reach<PostgresTarget>, request: DumpRequest): Promise<DumpPlan> {
  const database = onlyUnit(request);
  const format = request.format ?? CUSTOM;
  const likely = firstSession(reach);
  const [entered, tool, likelyGlobals] = await Promise.all([
    logIn(reach, [database], preflightSql(database)),
    toolVersion(reach, "pg_dump"),
    globalsRider(likely, database),
  ]);
  const { session } = entered;
  const known = readPreflight(session, database, entered.printed);
  refuseOlderTool("pg_dump", tool, known);
  const globals = isSameDoor(session, likely) ? likelyGlobals : await globalsRider(session, database);
  const digests = request.digests === "auto" && known.major >= FIRST_MAJOR_WITH_ROW_HASH;
  const isPlain = format === PLAIN;
  return {
    format: dumpFormat(format, tool),
    serverVersion: known.version,
    source: { via: "command", command: dumpCommand(session, database, format), on: reach.host },
    companion: {
      command: snapshotKeeper(session, database, { digests, isSuperuser: known.isSuperuser }),
      on: reach.host,
      exports: SNAPSHOT_VARIABLE,
    },
    ...(isPlain ? { observer: { lastBytes: 1024 } } : {}),
    isWorking: () => isServerWorking(entered),
    riders: [...globals.riders, databaseRider(database, known)],
    tools: { pg_dump: tool },
    conclude: (remains) => ({
      facts: [conclude(database, { remains, isPlain })],
      warnings: [...globals.warnings, ...warningsOf(remains, known)],
    }),
  };
}

function onlyUnit({ units }: DumpRequest): string {
  const [database, ...more] = units;
  if (database !== undefined && more.length === 0) return database;
  throw new Fault("input.invalid", `a PostgreSQL archive holds one database, ${units.length} were named`, {
    hint: "Make one backup for each database.",
  });
}

function dumpFormat(format: string, version: string): DumpFormat {
  if (format === CUSTOM) return { name: CUSTOM, version, extension: ".dump" };
  if (format === PLAIN) return { name: PLAIN, version, extension: ".sql" };
  throw new Fault("engine.unsupported", `PostgreSQL has no dump format called ${format}`, {
    hint: `Choose ${CUSTOM} or ${PLAIN}.`,
  });
}

/**
 * The snapshot's id is known only when the companion has begun, so that a shell reads it from the environment. It execs: an orphan
 * of a shell inside the container would make PostgreSQL restart all its sessions. Archives are compressed once, outside.
 */
function dumpCommand(session: Session, database: string, format: string): Command {
  const words = format === CUSTOM ? ["--format=custom", "--compress=0"] : ["--format=plain"];
  const script = `${PAST_WRAPPER} exec pg_dump --snapshot="$${SNAPSHOT_VARIABLE}" "$@"`;
  return program(session, ["sh", "-c", script, "pg_dump", "--no-password", ...words], {
    database,
    role: "dump",
  });
}

function conclude(
  database: string,
  { remains, isPlain }: { readonly remains: DumpRemains; readonly isPlain: boolean },
) {
  const failure = /^(pg_dump|psql): (error|fatal): .*$/im.exec(remains.stderr)?.[0];
  if (failure !== undefined) {
    throw new Fault("dump.incomplete", `the dump of ${database} ended as if whole but said: ${failure}`, {
      hint: "Read the program's own words below, mend the cause and try again.",
      context: { stderr: remains.stderr },
    });
  }
  if (isPlain) assertPlainTrailer(remains.observed, "dump.incomplete");
  return keptFacts(database, remains.companion);
}

function warningsOf({ stderr }: DumpRemains, known: Preflight): string[] {
  const said = stderr.split("\n").filter((line) => /warning:/i.test(line));
  const large = known.isSuperuser
    ? []
    : ["contents of large objects were counted, not digested: only a superuser may read all"];
  return [...said, ...large];
}
