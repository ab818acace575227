import { z } from "zod";
import { Fault } from "../model/fault.ts";
import { DatabaseProperties, propertiesSql } from "./postgres-properties.ts";
import type { Session } from "./postgres-session.ts";

const Names = z.array(z.string());

const Preflight = z.object({
  version: z.string(),
  major: z.number().int(),
  isSuperuser: z.boolean(),
  sourceBytes: z.number(),
  /** Tables and sequences that the user may not read, and those whose rows a policy hides from the user. */
  unreadable: Names,
  hidden: Names,
  extensions: Names,
  /** Roles that own or are granted something inside, or are named there otherwise. */
  roles: Names,
  /** Of these, who own something. */
  owners: Names,
  /** Of these, whose things only a superuser may own. */
  superOwners: Names,
  /** Of these, whom a policy or a user mapping names: neither owner nor right, so never left out. */
  named: Names,
});

/** What is known of a database before its dump begins. */
export interface Preflight extends z.infer<typeof Preflight> {
  readonly properties: DatabaseProperties;
}

/** `server_version` may carry the packager's words after the number. */
export const VERSION_SQL = "split_part(current_setting('server_version'), ' ', 1)";
export const MAJOR_SQL = "current_setting('server_version_num')::int / 10000";

/** What pg_dump reads: no members of extensions, which come with the extension. */
const RELATIONS = `relations as (select c.oid, c.relkind, c.relnamespace, format('%I.%I', nspname, relname) as name
 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
 where relkind in ('r', 'p', 'S') and relpersistence <> 't' and nspname !~ '^pg_' and nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))`;

const THIS_DATABASE = "(select oid from pg_catalog.pg_database where datname = current_database())";

/** What of this database, or the database itself, names the role `r`. */
const REFERENCES = `pg_catalog.pg_shdepend d where d.refclassid = 'pg_catalog.pg_authid'::regclass and d.refobjid = r.oid
 and (d.dbid = ${THIS_DATABASE} or (d.classid = 'pg_catalog.pg_database'::regclass and d.objid = ${THIS_DATABASE}))`;

const NOT_OF_EXTENSION =
  "not exists (select from pg_catalog.pg_depend d where d.classid = x.tableoid and d.objid = x.oid and d.deptype = 'e')";

/** The superuser that the server was made with is never among the references, whatever it owns. */
const OWNED_BY_FIRST = `r.oid = 10 and exists (select from pg_catalog.pg_database where datname = current_database() and datdba = 10
 union all select from pg_catalog.pg_namespace n where nspowner = 10 and ${ownNamespace("n.oid")} and nspname <> 'public'
 union all select from pg_catalog.pg_class x where relowner = 10 and ${NOT_OF_EXTENSION} and ${ownNamespace("relnamespace")}
 union all select from pg_catalog.pg_proc x where proowner = 10 and ${NOT_OF_EXTENSION} and ${ownNamespace("pronamespace")}
 union all select from pg_catalog.pg_type x where typowner = 10 and ${NOT_OF_EXTENSION} and ${ownNamespace("typnamespace")}
 union all select from pg_catalog.pg_largeobject_metadata where lomowner = 10)`;

function ownNamespace(column: string): string {
  return `${column} in (select oid from pg_catalog.pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')`;
}

function rolesWhere(condition: string): string {
  return `coalesce((select jsonb_agg(rolname order by rolname) from pg_catalog.pg_roles r where rolname !~ '^pg_' and (${condition})), '[]')`;
}

const PREFLIGHT = `with ${RELATIONS} select jsonb_build_object(
 'version', ${VERSION_SQL}, 'major', ${MAJOR_SQL},
 'isSuperuser', (select rolsuper from pg_catalog.pg_roles where rolname = current_user),
 'sourceBytes', pg_database_size(current_database()),
 'unreadable', coalesce((select jsonb_agg(name order by name) from relations
   where not has_schema_privilege(relnamespace, 'USAGE') or not case relkind when 'S' then has_sequence_privilege(oid, 'SELECT')
    else has_table_privilege(oid, 'SELECT') end), '[]'),
 'hidden', coalesce((select jsonb_agg(name order by name) from relations where relkind <> 'S' and row_security_active(oid)), '[]'),
 'extensions', coalesce((select jsonb_agg(extname order by extname) from pg_catalog.pg_extension), '[]'),
 'roles', ${rolesWhere(`exists (select from ${REFERENCES}) or ${OWNED_BY_FIRST} or exists (select from pg_catalog.pg_db_role_setting s
   where s.setrole = r.oid and s.setdatabase = ${THIS_DATABASE})`)},
 'owners', ${rolesWhere(`exists (select from ${REFERENCES} and d.deptype = 'o') or ${OWNED_BY_FIRST}`)},
 'superOwners', ${rolesWhere(`r.oid in (select fdwowner from pg_catalog.pg_foreign_data_wrapper x where ${NOT_OF_EXTENSION}
   union select evtowner from pg_catalog.pg_event_trigger x where ${NOT_OF_EXTENSION})`)},
 'named', ${rolesWhere(`exists (select from ${REFERENCES} and (d.deptype = 'r' or d.classid = 'pg_catalog.pg_user_mapping'::regclass))`)})`;

export function preflightSql(database: string): readonly string[] {
  return [PREFLIGHT, propertiesSql(database)];
}

/** What a dump needs to know; throws `target.permission` with the tables that the user may not read. */
export function readPreflight(session: Session, database: string, printed: string): Preflight {
  const [first = "", second = ""] = printed.split("\n");
  const found = Preflight.parse(JSON.parse(first));
  refuseUnreadable(session, database, found);
  return { ...found, properties: DatabaseProperties.parse(JSON.parse(second)) };
}

function refuseUnreadable(session: Session, database: string, found: z.infer<typeof Preflight>): void {
  const user = session.reach.target.username;
  if (found.unreadable.length > 0) {
    throw new Fault(
      "target.permission",
      `user ${user} may not read ${listed(found.unreadable)} in ${database}`,
      {
        hint: `Use the server's superuser, or grant USAGE on the schemas and SELECT on all tables and sequences of ${database} to ${user}.`,
        context: { unreadable: found.unreadable.length },
      },
    );
  }
  if (found.hidden.length > 0) {
    throw new Fault(
      "target.permission",
      `row security hides rows of ${listed(found.hidden)} in ${database} from user ${user}`,
      {
        hint: `Use the server's superuser, or give ${user} BYPASSRLS: a dump that misses rows is no backup.`,
        context: { hidden: found.hidden.length },
      },
    );
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
