import type { RestorePlan } from "./postgres-check.ts";
import { postgresFault } from "./postgres-faults.ts";
import { propertyStatements } from "./postgres-properties.ts";
import { ask, type LoggedIn, psql, run } from "./postgres-session.ts";
import { applicationName, identifier, literal, oldName, stageName, textArray } from "./postgres-sql.ts";
import { keepRolesStatements, lookAround, modelOf } from "./postgres-stage.ts";

/** Gives the staging database the target's name and properties, in one transaction; the old one is kept under another name, closed. */
export async function switchIn(loggedIn: LoggedIn, plan: RestorePlan): Promise<void> {
  const found = await lookAround(loggedIn, plan);
  if (found.stages.length === 0 && found.isSwitched) return;
  const { into } = plan;
  const { tag } = plan.reach;
  const properties = modelOf(found, plan);
  const old = identifier(oldName(tag));
  const statements = [
    ...(found.target !== null
      ? [
          `ALTER DATABASE ${identifier(into)} RENAME TO ${old}`,
          `ALTER DATABASE ${old} WITH IS_TEMPLATE false ALLOW_CONNECTIONS false`,
        ]
      : []),
    `ALTER DATABASE ${identifier(stageName(tag))} RENAME TO ${identifier(into)}`,
    ...propertyStatements(into, properties),
    ...keepRolesStatements(found, plan),
  ];
  await switchNames(loggedIn, plan, { statements, goal: `not ${isThere(stageName(tag))}` });
}

/** The same swap reversed; what was restored then waits under the staging name, to be swept by `abort`. */
export async function switchBack(loggedIn: LoggedIn, plan: RestorePlan): Promise<void> {
  const found = await lookAround(loggedIn, plan);
  const [kept] = found.olds;
  if (kept === undefined) return;
  const { tag } = plan.reach;
  const into = identifier(plan.into);
  const old = identifier(kept);
  const stage = identifier(stageName(tag));
  const statements = [
    ...(found.target !== null
      ? [
          `ALTER DATABASE ${into} RENAME TO ${stage}`,
          `ALTER DATABASE ${stage} WITH IS_TEMPLATE false ALLOW_CONNECTIONS false`,
        ]
      : []),
    `ALTER DATABASE ${old} WITH ALLOW_CONNECTIONS true`,
    `ALTER DATABASE ${old} RENAME TO ${into}`,
  ];
  await switchNames(loggedIn, plan, { statements, goal: `not ${isThere(kept)}` });
}

function isThere(name: string): string {
  return `exists (select from pg_database where datname = ${literal(name)})`;
}

interface Switch {
  readonly statements: readonly string[];
  /** True once the transaction is committed. */
  readonly goal: string;
}

/**
 * A rename waits up to five seconds for the sessions in the database to leave, and holds new ones at the door meanwhile. So one
 * session renames, and a second one ends the others while it waits: forbidding connections first would be quicker, but a failure
 * between the two would leave a database that nobody can enter.
 */
async function switchNames(
  loggedIn: LoggedIn,
  plan: RestorePlan,
  { statements, goal }: Switch,
): Promise<void> {
  const { session, database } = loggedIn;
  const command = psql(session, ["set local lock_timeout = '30s'", ...statements], {
    database,
    role: "switch",
  });
  const [renamed, ended] = await Promise.allSettled([
    run(session, { ...command, argv: [...command.argv, "-1"] }),
    ask(session, [endSessions(plan, goal)], { database }),
  ]);
  if (renamed.status === "rejected") throw renamed.reason;
  if (renamed.value.code === 0) return;
  // Why the others could not be ended says more than that they are still there.
  if (ended.status === "rejected") throw ended.reason;
  throw postgresFault(plan.reach, renamed.value, "restore.failed");
}

function endSessions({ reach, into }: RestorePlan, goal: string): string {
  const names = textArray([into, stageName(reach.tag), oldName(reach.tag)]);
  const switching = `application_name = ${literal(applicationName(reach.tag, "switch"))}`;
  return `do $$ declare began boolean := false; begin
for i in 1..250 loop
 perform pg_stat_clear_snapshot();
 exit when ${goal};
 if exists (select from pg_stat_activity where ${switching}) then
  began := true;
  perform pg_terminate_backend(pid) from pg_stat_activity where datname = any(${names}) and pid <> pg_backend_pid() and not ${switching};
 elsif began then exit;
 end if;
 perform pg_sleep(0.025);
end loop; end $$`;
}
