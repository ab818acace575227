import { z } from "zod";
import type { Command } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { DumpPlan, DumpRemains, DumpRequest, Reach } from "./engine.ts";
import { COUNT, DONE, DUMP, HELD, LATE, WAITING_VARIABLE } from "./mysqlish-dump-scripts.ts";
import { countingSql, objectsSql, readFacts, withoutRows } from "./mysqlish-facts.ts";
import { assertTrailer, dumpFormat } from "./mysqlish-format.ts";
import { type About, logIn } from "./mysqlish-inspect.ts";
import { placesNamed } from "./mysqlish-places.ts";
import { ridersOf, type Survey, surveyDatabase } from "./mysqlish-riders.ts";
import { holds, refusePartial, rightsIn } from "./mysqlish-rights.ts";
import { askRows, loginWords, PLAINLY, type Session, script } from "./mysqlish-session.ts";
import { named } from "./mysqlish-sql.ts";
import type { MysqlTarget } from "./mysqlish-target.ts";
import { dumpPrograms, fittingVersions } from "./mysqlish-tools.ts";
import { isNewerSeries, type Vendor } from "./mysqlish-vendor.ts";

/** Everything in the database, in one snapshot; rows are fetched one by one, whatever their number. */
const DUMP_WORDS = [
  "--single-transaction",
  "--quick",
  "--routines",
  "--events",
  "--triggers",
  "--hex-blob",
  "--no-tablespaces",
  "--max-allowed-packet=1G",
  "--dump-date",
  "--verbose",
] as const;

/** Throws before the first byte: `target.*` for the way in and for rights, `engine.version` for tools that do not fit. */
export async function planDump(
  vendor: Vendor,
  reach: Reach<MysqlTarget>,
  request: DumpRequest,
): Promise<DumpPlan> {
  const database = onlyUnit(vendor, request);
  refuseFormat(vendor, request.format);
  const [{ session, about }, programs] = await Promise.all([
    logIn(vendor, reach),
    dumpPrograms(vendor, reach),
  ]);
  refuseAbsent(session, about, database);
  const [tool = ""] = fittingVersions(programs, about, "dump");
  const [survey] = await Promise.all([
    surveyDatabase(session, about, database),
    refuseUnseen(session, about, database),
    refuseUnwritable(session, database),
  ]);
  const policies = maskingPolicies(vendor, about);
  const mayLock = ["RELOAD", "FLUSH_TABLES", "SUPER"].some((right) => holds(about.everywhere, right));
  return {
    format: dumpFormat(vendor, tool),
    serverVersion: about.numbers,
    source: { via: "command", command: dumpCommand(session, database, policies.words), on: reach.host },
    companion: {
      command: countCommand(session, database, mayLock),
      on: reach.host,
      exports: WAITING_VARIABLE,
    },
    observer: { lastBytes: 1024 },
    riders: ridersOf(vendor, database, survey),
    tools: { [vendor.dump[0] ?? vendor.id]: tool },
    conclude: (remains) => {
      const { facts, warnings } = conclude({ database, session, survey, mayLock }, remains);
      return { facts, warnings: [...warnings, ...policies.warnings] };
    },
  };
}

function onlyUnit(vendor: Vendor, { units }: DumpRequest): string {
  const [database, ...more] = units;
  if (database !== undefined && more.length === 0) return database;
  throw new Fault(
    "input.invalid",
    `a ${vendor.label} archive holds one database, ${units.length} were named`,
    {
      hint: "Make one backup for each database.",
    },
  );
}

function refuseFormat(vendor: Vendor, format: string | undefined): void {
  if (format === undefined || format === vendor.format) return;
  throw new Fault("engine.unsupported", `${vendor.label} has no dump format called ${format}`, {
    hint: `Choose ${vendor.format}.`,
  });
}

function refuseAbsent({ vendor, reach }: Session, { units }: About, database: string): void {
  if (units.some(({ name }) => name === database)) return;
  throw new Fault("target.missing", `${vendor.label} in ${reach.host.name} has no database ${database}`, {
    hint: "Scan the resource again: the database may have been renamed or dropped.",
  });
}

/** What the user may not see is missing from the dump and from its counts, and nobody would know. */
async function refuseUnseen(session: Session, about: About, database: string): Promise<void> {
  const hidden = await askRows(
    session,
    `select json_quote(routine_name) from information_schema.routines
 where ${named("routine_schema", database)} and routine_definition is null order by routine_name`,
  );
  const { rights, user, numbers } = about;
  refusePartial(session, { rights, database, user, numbers, hidden: z.array(z.string()).parse(hidden) });
}

/**
 * MariaDB's program looks for the events of a database by its name as a string constant, quotes and backslashes doubled, and does not
 * find it (seen in 10.11 and 11.8).
 */
export async function refuseUnwritable(session: Session, database: string): Promise<void> {
  if (session.vendor.id !== "mariadb" || !/['"\\]/.test(database)) return;
  const { [database]: place } = await placesNamed(session, [database]);
  if (place === undefined || place.events.length === 0) return;
  throw new Fault(
    "target.unsuitable",
    `MariaDB's dump program cannot write the events of ${database}, whose name has a quote or a backslash`,
    { hint: "Give the database a name without them, or drop its events." },
  );
}

/** MySQL's newest program asks for them in the server's own database, and calls it an error when the user may not look there. */
function maskingPolicies(vendor: Vendor, { rights, numbers }: About) {
  const isAsked = vendor.id === "mysql" && isNewerSeries(numbers, "8.4");
  if (!isAsked || holds(rightsIn(rights, "mysql"), "SELECT")) return { words: [], warnings: [] };
  return {
    words: ["--loose-skip-masking-policies"],
    warnings: ["masking policies were not saved: the user may not read them"],
  };
}

function dumpCommand(session: Session, database: string, more: readonly string[]): Command {
  const { vendor } = session;
  const words = [...loginWords(session), ...DUMP_WORDS, ...vendor.dumpWords, ...more, "--", database];
  const command = script(session, "", words);
  return { ...command, argv: ["sh", "-c", DUMP, "cofre", vendor.dump.join(" "), ...words] };
}

/**
 * Writers are held back for as long as the dump takes to open its snapshot, and never longer than fifteen seconds. The lock is asked for
 * once and for five: whoever wants to write waits behind it.
 */
function countCommand(session: Session, database: string, mayLock: boolean): Command {
  const { vendor, reach } = session;
  const lock = [
    vendor.unlimited,
    "set session lock_wait_timeout = 5",
    "set session transaction isolation level repeatable read",
    ...(mayLock
      ? ["flush tables with read lock", "set @cofre_locked = 1 - @@error_count"]
      : ["set @cofre_locked = 0"]),
    "start transaction with consistent snapshot",
  ];
  const last = objectsSql(vendor, database);
  const made = (statements: readonly string[]): string => statements.map((sql) => `${sql};`).join("\n");
  const command = script(session, "", []);
  const make = mayLock ? `${countingSql(database, `cofre:${reach.tag}`)};` : "";
  const words = [...loginWords(session), ...PLAINLY];
  return {
    ...command,
    argv: ["sh", "-c", COUNT, "cofre", vendor.client.join(" "), made(lock), make, made(last), ...words],
  };
}

const NOISE = /password|Deprecated program|'--loose-/i;

interface Dumped {
  readonly session: Session;
  readonly database: string;
  readonly survey: Survey;
  readonly mayLock: boolean;
}

function conclude(
  dumped: Dumped,
  remains: DumpRemains,
): { facts: readonly UnitFacts[]; warnings: readonly string[] } {
  const { database } = dumped;
  const lines = remains.stderr.split("\n").filter((line) => line.trim() !== "");
  const failure = lines.find((line) => /\berror\b/i.test(line) && !isOfCounting(line));
  if (failure !== undefined) {
    throw new Fault("dump.incomplete", `the dump of ${database} ended as if whole but said: ${failure}`, {
      hint: "Read the program's own words below, mend the cause and try again.",
      context: { stderr: remains.stderr },
    });
  }
  assertTrailer(remains.observed, "dump.incomplete");
  const counted = countedBy(dumped, remains);
  const said = lines.filter((line) => /warning/i.test(line) && !NOISE.test(line));
  return { facts: [counted.facts], warnings: [...counted.warnings, ...dumped.survey.warnings, ...said] };
}

/** The client that counts says at which line of its input a statement failed; the dump's own errors have no such words. */
function isOfCounting(line: string): boolean {
  return /^ERROR \d+ \(\w+\) at line \d+/.test(line);
}

function countedBy(
  { database, session, mayLock }: Dumped,
  { companion, stderr }: DumpRemains,
): {
  facts: UnitFacts;
  warnings: readonly string[];
} {
  const lines = (companion ?? "").trimEnd().split("\n");
  if (lines.at(-1) !== DONE) {
    throw new Fault("dump.incomplete", `the session that counts ${database} did not come to its end`, {
      hint: "Look at the server's log for a session that was ended, then try again.",
      context: { lines: lines.length, stderr: stderr.slice(-1024) },
    });
  }
  const { facts, isWhole } = readFacts(database, lines.join("\n"));
  const why = whyUncounted({ session, mayLock }, { lines, isWhole, stderr });
  if (why === undefined) return { facts, warnings: [] };
  return {
    facts: withoutRows(facts),
    warnings: [
      `rows were not counted in the dump's own moment, because ${why}: a restore will not compare them`,
    ],
  };
}

function whyUncounted(
  { session, mayLock }: Pick<Dumped, "session" | "mayLock">,
  counted: { readonly lines: readonly string[]; readonly isWhole: boolean; readonly stderr: string },
): string | undefined {
  const { username } = session.reach.target;
  if (!mayLock) return `user ${username} may not hold writers back for a moment (the right RELOAD)`;
  if (!counted.lines.includes(HELD)) {
    return "a query that ran for long kept the server from holding writers back for a moment";
  }
  if (counted.lines.includes(LATE)) return "the dump took longer than fifteen seconds to begin";
  if (counted.isWhole) return undefined;
  const said = counted.stderr.split("\n").find(isOfCounting);
  return `the server did not count every table${said === undefined ? "" : ` (${said})`}`;
}
