import { z } from "zod";
import { identifier, literal } from "./postgres-sql.ts";

/** What a database has beside its contents. `pg_dump` leaves all of it out unless it creates the database. */
export const DatabaseProperties = z.object({
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** From version 15 on: `c` libc, `i` ICU, `b` built in. */
  provider: z.string().nullable(),
  locale: z.string().nullable(),
  icuRules: z.string().nullable(),
  tablespace: z.string(),
  connectionLimit: z.number().int(),
  isTemplate: z.boolean(),
  comment: z.string().nullable(),
  labels: z.array(z.object({ provider: z.string(), label: z.string() })),
  /** `role` null stands for every role. */
  settings: z.array(z.object({ role: z.string().nullable(), name: z.string(), value: z.string() })),
  /** Null stands for the grants that every database has from the start; `grantee` null for everybody. */
  grants: z
    .array(z.object({ grantee: z.string().nullable(), privilege: z.string(), isGrantable: z.boolean() }))
    .nullable(),
});

export type DatabaseProperties = z.infer<typeof DatabaseProperties>;

/** A query for one JSON value, null when there is no such database. Our own marker is no property. */
export function propertiesSql(database: string): string {
  // Columns that came or changed their name with a version are asked for through the row's JSON.
  return `select jsonb_build_object('owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding),
 'collate', datcollate, 'ctype', datctype, 'provider', j ->> 'datlocprovider', 'locale', coalesce(j ->> 'datlocale', j ->> 'daticulocale'),
 'icuRules', j ->> 'daticurules', 'tablespace', (select spcname from pg_tablespace t where t.oid = dattablespace),
 'connectionLimit', datconnlimit, 'isTemplate', datistemplate, 'comment', shobj_description(d.oid, 'pg_database'),
 'labels', coalesce((select jsonb_agg(jsonb_build_object('provider', provider, 'label', label)) from pg_shseclabel l
   where l.objoid = d.oid and l.classoid = 'pg_database'::regclass), '[]'),
 'settings', coalesce((select jsonb_agg(jsonb_build_object('role', case when setrole <> 0 then pg_get_userbyid(setrole) end,
   'name', split_part(c, '=', 1), 'value', substr(c, strpos(c, '=') + 1))) from pg_db_role_setting s, unnest(setconfig) c
   where s.setdatabase = d.oid and c not like 'cofre.%'), '[]'),
 'grants', case when datacl is not null then coalesce((select jsonb_agg(jsonb_build_object(
   'grantee', case when grantee <> 0 then pg_get_userbyid(grantee) end, 'privilege', privilege_type, 'isGrantable', is_grantable))
   from aclexplode(datacl)), '[]') end)
 from pg_catalog.pg_database d, to_jsonb(d) j where datname = ${literal(database)}`;
}

/** `CREATE DATABASE` with the encoding and locale that these properties name. */
export function createStatement(name: string, like: DatabaseProperties, options: readonly string[]): string {
  const words = [
    `CREATE DATABASE ${identifier(name)} TEMPLATE template0 ENCODING ${literal(like.encoding)}`,
    `LC_COLLATE ${literal(like.collate)} LC_CTYPE ${literal(like.ctype)}`,
    ...providerWords(like),
    ...options,
  ];
  return words.join(" ");
}

function providerWords({ provider, locale, icuRules }: DatabaseProperties): string[] {
  if (provider === "i") {
    const rules = icuRules === null ? [] : [`ICU_RULES ${literal(icuRules)}`];
    return [`LOCALE_PROVIDER icu ICU_LOCALE ${literal(locale ?? "und")}`, ...rules];
  }
  if (provider === "b") return [`LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(locale ?? "C")}`];
  return provider === "c" ? ["LOCALE_PROVIDER libc"] : [];
}

/** Statements that give a new database of this name what the properties tell, its connection limit included. */
export function propertyStatements(name: string, properties: DatabaseProperties): readonly string[] {
  const database = identifier(name);
  const { comment, grants } = properties;
  return [
    `ALTER DATABASE ${database} OWNER TO ${identifier(properties.owner)}`,
    ...(comment === null ? [] : [`COMMENT ON DATABASE ${database} IS ${literal(comment)}`]),
    ...properties.labels.map(
      ({ provider, label }) =>
        `SECURITY LABEL FOR ${identifier(provider)} ON DATABASE ${database} IS ${literal(label)}`,
    ),
    ...properties.settings.map((setting) => settingStatement(database, setting)),
    ...(grants === null ? [] : grantStatements(database, properties.owner, grants)),
    ...(properties.isTemplate ? [`ALTER DATABASE ${database} WITH IS_TEMPLATE true`] : []),
    `ALTER DATABASE ${database} WITH CONNECTION LIMIT ${properties.connectionLimit}`,
  ];
}

/** Values of these are kept as lists that are quoted already; one quote around all would make them one element. As in `pg_dump`. */
const LISTS: ReadonlySet<string> = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
]);

function settingStatement(database: string, setting: DatabaseProperties["settings"][number]): string {
  const { role, name, value } = setting;
  const whose =
    role === null ? `ALTER DATABASE ${database}` : `ALTER ROLE ${identifier(role)} IN DATABASE ${database}`;
  // Names with a dot are two identifiers.
  const quoted = name.split(".").map(identifier).join(".");
  return `${whose} SET ${quoted} TO ${LISTS.has(name.toLowerCase()) ? value : literal(value)}`;
}

function grantStatements(
  database: string,
  owner: string,
  grants: NonNullable<DatabaseProperties["grants"]>,
): string[] {
  return [
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${identifier(owner)}`,
    ...grants.map(({ grantee, privilege, isGrantable }) => {
      const to = grantee === null ? "PUBLIC" : identifier(grantee);
      return `GRANT ${privilege} ON DATABASE ${database} TO ${to}${isGrantable ? " WITH GRANT OPTION" : ""}`;
    }),
  ];
}
