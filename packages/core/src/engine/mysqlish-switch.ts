import { randomBytes } from "node:crypto";
import { z } from "zod";
import { Fault } from "../model/fault.ts";
import { asleep, awake, codeOf, movedTo } from "./mysqlish-code.ts";
import { mysqlFault } from "./mysqlish-faults.ts";
import { dropCode, dropTriggers, JOURNAL_AFTER, JOURNAL_BEFORE, type Place } from "./mysqlish-places.ts";
import { alterDatabase, createDatabase, Properties } from "./mysqlish-riders.ts";
import { ask, clientOf, loginWords, PLAINLY, type Session, script } from "./mysqlish-session.ts";
import { identifier, literal } from "./mysqlish-sql.ts";

/** One exchange: what is in `from` becomes the target's, what was the target's goes to `keep`. Restore and undo are the same act. */
interface Exchange {
  readonly session: Session;
  readonly target: Place;
  readonly from: Place;
  readonly keep: Place;
}

/** How the target was, kept beside it until the exchange is over. */
const Journal = z.object({
  code: z.string(),
  /** Null when there was no such database. */
  properties: Properties.nullable(),
  grants: z.array(z.string()),
});

type Journal = z.infer<typeof Journal>;

/** Tells that there was no database to keep: nothing can be put back. */
export const NOTHING_BEFORE = "cofre_nothing_before";

/** Longer than a query of an application, shorter than its patience: whoever holds a table open keeps it from moving. */
const LOCK_SECONDS = 10;

/**
 * Tables move in one statement, which is atomic; code cannot move, so it is made anew on both sides, while the server takes no writes
 * of ordinary users. The journal moves with the tables: where it stands tells what has to be taken back.
 */
export async function exchange(
  act: Exchange,
  takeBackAll: () => Promise<unknown>,
): Promise<readonly string[]> {
  const { session, target, from, keep } = act;
  const before = target.properties;
  const fresh = from.properties ?? before;
  if (fresh === null) throw new Fault("bug", "there was nothing to switch to");
  const [newCode, oldCode] = await Promise.all([
    codeOf(session, from, { mayBeBroken: false }),
    codeOf(session, target, { mayBeBroken: true }),
  ]);
  const code = movedTo(oldCode.text, target.name);
  const journal: Journal = { code, properties: before, grants: target.grants.map(({ sql }) => sql) };
  try {
    await ask(session, opening(act, fresh, journal));
    await quietly(session, [
      ...dropTriggers(from),
      ...dropTriggers(target),
      renaming(act),
      ...dropCode(target),
      alterDatabase(target.name, fresh),
      ...codeInto(target.name, awake(newCode.text)),
      ...stillThere(target, from),
      "set global read_only = 0",
      ...(before === null ? [] : codeInto(keep.name, asleep(oldCode.text))),
      `drop database ${identifier(from.name)}`,
      `drop table ${inSchema(keep, JOURNAL_AFTER)}`,
    ]);
  } catch (error) {
    await takeBackAll();
    throw error;
  }
  return oldCode.warnings;
}

/** Nothing of the target is touched by these: a place for what it has, and how it is. */
function opening({ target, keep }: Exchange, fresh: Properties, journal: Journal): readonly string[] {
  const before = target.properties;
  const make = createDatabase(keep.name, before ?? fresh);
  return [
    make.replace("create database", "create database if not exists"),
    `create table ${inSchema(keep, JOURNAL_BEFORE)} (what longtext character set utf8mb4 not null)`,
    `insert into ${inSchema(keep, JOURNAL_BEFORE)} values (${literal(JSON.stringify(journal))})`,
    ...(before === null
      ? [`create table ${inSchema(keep, NOTHING_BEFORE)} (n int)`, createDatabase(target.name, fresh)]
      : []),
  ];
}

function inSchema(schema: Place, name: string): string {
  return `${identifier(schema.name)}.${identifier(name)}`;
}

function renaming({ target, from, keep }: Exchange): string {
  const moves = [
    ...target.tables.map((name) => `${inSchema(target, name)} to ${inSchema(keep, name)}`),
    ...from.tables.map((name) => `${inSchema(from, name)} to ${inSchema(target, name)}`),
    `${inSchema(keep, JOURNAL_BEFORE)} to ${inSchema(keep, JOURNAL_AFTER)}`,
  ];
  return `rename table ${moves.join(", ")}`;
}

function codeInto(schema: string, text: string): readonly string[] {
  return text === "" ? [] : [`use ${identifier(schema)}`, movedTo(text, schema)];
}

function stillThere({ grants }: Place, { functions, procedures }: Place): readonly string[] {
  return grants
    .filter(({ type, name }) => (type === "function" ? functions : procedures).includes(name))
    .map(({ sql }) => sql);
}

/** Puts everything where it was before an exchange that did not come to its end; of one that had, only the journal is left to drop. */
export async function takeBack(act: Exchange): Promise<void> {
  const { session, from, keep } = act;
  const table = inSchema(keep, keep.journal === "after" ? JOURNAL_AFTER : JOURNAL_BEFORE);
  if (from.properties === null) {
    await ask(session, [`drop table ${table}`]);
    return;
  }
  const journal = await readJournal(act, table);
  await quietly(session, [
    ...(journal === null ? [] : putBack(act, journal)),
    "set global read_only = 0",
    `drop database ${identifier(keep.name)}`,
  ]);
}

function putBack(act: Exchange, journal: Journal): readonly string[] {
  const { target, keep } = act;
  return [
    ...dropTriggers(target),
    ...dropTriggers(keep),
    ...(keep.journal === "after" ? [movingBack(act)] : []),
    ...dropCode(target),
    ...(journal.properties === null
      ? [`drop database if exists ${identifier(target.name)}`]
      : [
          alterDatabase(target.name, journal.properties),
          ...codeInto(target.name, journal.code),
          ...journal.grants,
        ]),
  ];
}

/** Null when it was cut before its first row: nothing had been touched then. */
async function readJournal({ session }: Exchange, table: string): Promise<Journal | null> {
  const printed = await ask(session, [`select hex(what) from ${table}`], { limitBytes: 128 << 20 });
  return printed === "" ? null : Journal.parse(JSON.parse(Buffer.from(printed, "hex").toString()));
}

function movingBack({ target, from, keep }: Exchange): string {
  const old = keep.tables.filter((name) => name !== NOTHING_BEFORE);
  const moves = [
    ...target.tables.map((name) => `${inSchema(target, name)} to ${inSchema(from, name)}`),
    ...old.map((name) => `${inSchema(keep, name)} to ${inSchema(target, name)}`),
    `${inSchema(keep, JOURNAL_AFTER)} to ${inSchema(keep, JOURNAL_BEFORE)}`,
  ];
  return `rename table ${moves.join(", ")}`;
}

/** What came in by stdin is run to its end or its first error; however it ends, the server takes writes again. */
const QUIETLY = `"$client" "$@"
code=$?
[ "$code" = 0 ] || echo 'set global read_only = 0;' | "$client" "$@"
exit "$code"`;

/** Under a tag and without a signal of its own: a job that is cancelled in this moment must not leave it half done. */
async function quietly(session: Session, statements: readonly string[]): Promise<void> {
  const { vendor, reach } = session;
  const all = [
    `set session sql_mode = '${vendor.sqlMode}'`,
    `set session lock_wait_timeout = ${LOCK_SECONDS}`,
    "set session foreign_key_checks = 0",
    "set global read_only = 1",
    ...statements,
  ];
  const command = script(session, `${clientOf(session)}${QUIETLY}`, [...loginWords(session), ...PLAINLY]);
  const ran = await reach.host.run(command, {
    tag: randomBytes(16).toString("hex"),
    stdin: all.map((sql) => `${sql}\n;\n`).join(""),
  });
  if (ran.code !== 0) throw mysqlFault(`${vendor.label} in ${reach.host.name}`, ran, "restore.failed");
}
