import { z } from "zod";
import type { Ground, RestorePlan } from "./postgres-check.ts";
import { postgresFault } from "./postgres-faults.ts";
import { createStatement, DatabaseProperties, propertiesSql } from "./postgres-properties.ts";
import { commentOf, neededRoles, type RolesToMake, refusedOf, rolesToMake } from "./postgres-roles.ts";
import { ask, type LoggedIn, psql, run } from "./postgres-session.ts";
import { formerNames, identifier, literal, oldName, stageName, textArray } from "./postgres-sql.ts";

/** A setting of no effect that tells which restore made a database: it outlives renames, and a crash at any point. */
const MARKER = "cofre.restoration";

const Found = z.object({
  /** Databases loaded to one side; several only after an earlier Cofre. */
  stages: z.array(z.string()),
  /** Databases that were replaced and are kept. */
  olds: z.array(z.string()),
  isSwitched: z.boolean(),
  /** Roles that were made for this restore and not yet kept. */
  roles: z.array(z.string()),
  /** Of the database that is replaced, null when the restore makes a new one. */
  target: DatabaseProperties.nullable(),
  /** Of a database that is made without a word. */
  fresh: DatabaseProperties,
});

/** What is there of this restore, and what it replaces. */
export type Found = z.infer<typeof Found>;

export async function lookAround({ session, database }: LoggedIn, plan: RestorePlan): Promise<Found> {
  const { tag } = plan.reach;
  const former = formerNames(tag);
  const among = (names: readonly string[]): string =>
    `(select coalesce(jsonb_agg(datname), '[]') from pg_database where datname = any(${textArray(names)}))`;
  const olds = among([oldName(tag), former.old]);
  const isThere = `exists (select from pg_database where datname = ${literal(plan.into)})`;
  const printed = await ask(
    session,
    [
      `select jsonb_build_object('stages', ${among([stageName(tag), former.stage])}, 'olds', ${olds},
 'isSwitched', (${olds} <> '[]' and ${isThere}) or exists (select from pg_db_role_setting s join pg_database d on d.oid = setdatabase
   where datname = ${literal(plan.into)} and setrole = 0 and ${literal(`${MARKER}=${tag}`)} = any(setconfig)),
 'roles', coalesce((select jsonb_agg(rolname) from pg_roles where shobj_description(oid, 'pg_authid') = ${literal(roleMark(plan))}), '[]'),
 'target', (${propertiesSql(plan.into)}), 'fresh', (${propertiesSql("template0")}))`,
    ],
    { database },
  );
  return Found.parse(JSON.parse(printed));
}

/** The roles that were made, and what of them this server did not take. */
export interface MadeRoles extends RolesToMake {
  readonly refused: readonly string[];
}

/** Makes the empty database to load into, like the target's in encoding, locale and place. Nobody but us may enter it. */
export async function makeStage(loggedIn: LoggedIn, plan: RestorePlan, ground: Ground): Promise<MadeRoles> {
  const { session, database } = loggedIn;
  const stage = stageName(plan.reach.tag);
  const found = await lookAround(loggedIn, plan);
  const like = modelOf(found, plan);
  const options = [
    // A superuser is not held back by the limit; others need a session to load and one to count.
    `CONNECTION LIMIT ${ground.isSuperuser ? 0 : 2}`,
    // Where everybody may create, naming the place would need a right of its own.
    ...(found.target === null || like.tablespace === "pg_default"
      ? []
      : [`TABLESPACE ${identifier(like.tablespace)}`]),
  ];
  // Only a superuser may store a setting that no module knows; without it the kept old data tells the same.
  const marker = ground.isSuperuser
    ? [`ALTER DATABASE ${stage} SET ${MARKER} TO ${literal(plan.reach.tag)}`]
    : [];
  // An earlier attempt's roles are swept below, so that they are missing again.
  const missing = [...ground.missingRoles, ...ground.missingRelated, ...found.roles];
  const roles = rolesToMake(plan, ground, missing);
  const statements = [
    "set client_min_messages to warning",
    ...sweepStatements(found),
    ...makeRoles(plan, roles),
    createStatement(stage, like, options),
    ...marker,
  ];
  const ran = await run(session, psql(session, statements, { database }));
  if (ran.code !== 0) throw postgresFault(plan.reach, ran);
  return { ...roles, refused: refusedOf(ran.stderr) };
}

/** The properties of the target; of the archived database where there is no target; else of a fresh database. */
export function modelOf({ target, fresh }: Found, plan: RestorePlan): DatabaseProperties {
  const login = plan.reach.target.username;
  const archived = plan.rider?.properties;
  if (target !== null) return target;
  if (archived === undefined) return { ...fresh, ...FRESH, owner: login };
  const { ownership = true, rights = true } = plan.request.choices ?? {};
  const needed = neededRoles(plan);
  return {
    ...archived,
    ...(ownership ? {} : { owner: login }),
    // What is said of a role that need not be here cannot be said.
    ...(rights
      ? {}
      : {
          grants: null,
          settings: archived.settings.filter(({ role }) => role === null || needed.includes(role)),
        }),
  };
}

const FRESH = { isTemplate: false, comment: null, connectionLimit: -1, grants: null };

/** Marked, so that whoever finds them after a crash can sweep them. */
function makeRoles(plan: RestorePlan, { names, statements }: RolesToMake): readonly string[] {
  if (names.length === 0) return [];
  const mark = literal(roleMark(plan));
  const marks = names.map((name) => `COMMENT ON ROLE ${identifier(name)} IS ${mark}`);
  return ["begin", ...statements, ...marks, "commit"];
}

function roleMark({ reach }: RestorePlan): string {
  return `made by cofre for restore ${reach.tag}`;
}

/** Drops the staging database, with whoever is in it, and the roles made for it. Nothing there is no error. */
export async function sweepStage(loggedIn: LoggedIn, plan: RestorePlan): Promise<void> {
  const statements = sweepStatements(await lookAround(loggedIn, plan));
  if (statements.length === 0) return;
  await ask(loggedIn.session, statements, { database: loggedIn.database });
}

function sweepStatements({ stages, roles }: Found): readonly string[] {
  return [
    ...stages.flatMap(dropStatements),
    ...(roles.length === 0 ? [] : [`DROP ROLE IF EXISTS ${roles.map(identifier).join(", ")}`]),
  ];
}

/** Statements for the switch: the roles are needed from now on, the mark would let a sweep drop them. */
export function keepRolesStatements({ roles }: Found, plan: RestorePlan): readonly string[] {
  return roles.map((role) => {
    const comment = commentOf(plan, role);
    return `COMMENT ON ROLE ${identifier(role)} IS ${comment === null ? "NULL" : literal(comment)}`;
  });
}

export async function dropOld(loggedIn: LoggedIn, plan: RestorePlan): Promise<void> {
  const { olds } = await lookAround(loggedIn, plan);
  if (olds.length === 0) return;
  await ask(loggedIn.session, olds.flatMap(dropStatements), { database: loggedIn.database });
}

/**
 * A template cannot be dropped; and nobody shall come back in while it is. PostgreSQL itself waits five seconds for sessions to leave,
 * which a busy machine may need longer for.
 */
function dropStatements(name: string): readonly string[] {
  const inside = `pg_stat_activity where datname = ${literal(name)}`;
  return [
    `ALTER DATABASE ${identifier(name)} WITH IS_TEMPLATE false ALLOW_CONNECTIONS false`,
    `do $$ begin for i in 1..600 loop
 perform pg_stat_clear_snapshot();
 exit when not exists (select from ${inside});
 perform pg_terminate_backend(pid) from ${inside};
 perform pg_sleep(0.05);
end loop; end $$`,
    `DROP DATABASE IF EXISTS ${identifier(name)}`,
  ];
}
