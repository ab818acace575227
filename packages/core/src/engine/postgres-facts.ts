import { z } from "zod";
import type { UnitFacts } from "../model/engine.ts";

/** From this major on a whole row can be hashed for about a sixth of the dump's cost; before it, digests cost half a dump. */
export const FIRST_MAJOR_WITH_ROW_HASH = 14;

/** Makes what is printed the same in every session: zones, styles and search paths of roles and databases would change it. */
export const STEADY_SETTINGS = `do $$ begin
perform set_config(s.name, v.value, false) from pg_catalog.pg_settings s join (values
 ('statement_timeout','0'),('lock_timeout','0'),('idle_in_transaction_session_timeout','0'),('idle_session_timeout','0'),
 ('transaction_timeout','0'),('client_connection_check_interval','1000'),('timezone','UTC'),('datestyle','ISO, YMD'),
 ('intervalstyle','postgres'),('extra_float_digits','1'),('bytea_output','hex'),('search_path',''),('row_security','off'),
 ('max_parallel_workers_per_gather','0')) v(name, value) using (name);
end $$`;

const NOT_OURS = "nspname !~ '^pg_' and nspname <> 'information_schema'";

/** Members of an extension come back with the extension, in whatever version the target has. */
function notOfExtension(catalog: string, oid: string): string {
  return `not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;
}

const TABLES = `select c.oid, format('%I.%I', nspname, relname) as name
 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
 where relkind = 'r' and relpersistence <> 't' and ${NOT_OURS} and ${notOfExtension("pg_class", "c.oid")}`;

/**
 * Hashed by their own hash functions, the same since version 11. Whatever is not among them is hashed as text: an enum's own hash is
 * of its label's object id, which a restore changes.
 */
const HASHED_TYPES =
  "bool bytea char name int2 int4 int8 oid text bpchar varchar float4 float8 numeric date time timetz timestamp timestamptz interval uuid jsonb inet cidr macaddr macaddr8";

/** Columns of every table as they enter the hash. A domain or array is what it is made of. */
const COLUMNS = `columns as (select attrelid, bool_and(plain) as plain, string_agg(case when plain then format('t.%I', attname)
  else format('t.%I::text collate "C"', attname) end, ', ' order by attnum) as list
 from (select attrelid, attname, attnum, k.typnamespace = 'pg_catalog'::regnamespace
    and k.typname = any(string_to_array('${HASHED_TYPES}', ' ')) and coalesce(l.collisdeterministic, true) as plain
  from tables join pg_catalog.pg_attribute a on attrelid = tables.oid and attnum > 0 and not attisdropped
  join pg_catalog.pg_type y on y.oid = atttypid
  left join pg_catalog.pg_type e on e.oid = y.typelem and y.typcategory = 'A'
  left join pg_catalog.pg_type b on b.oid = coalesce(e.typbasetype, y.typbasetype)
  join pg_catalog.pg_type k on k.oid = coalesce(b.oid, e.oid, y.oid)
  left join pg_catalog.pg_collation l on l.oid = attcollation) x group by attrelid)`;

/** One line for each table: name, rows, and the sum of its rows' hashes, which does not depend on their order. */
function tablesSql(withDigests: boolean): string {
  const hash = withDigests ? ", sum(hash_record_extended(%s, 0)) as h" : "";
  const words = withDigests
    ? "case when coalesce(plain, true) then 't' else 'row(' || list || ')' end, "
    : "";
  // query_to_xml is how plain SQL runs a query that it makes, for each row of another.
  return `with tables as (${TABLES})${withDigests ? `, ${COLUMNS}` : ""}
 select jsonb_build_array(name, substring(x from '<n>([0-9]+)</n>')::bigint, substring(x from '<h>(-?[0-9]+)</h>'))
 from (select name, query_to_xml(format('select count(*) as n${hash} from only %s t', ${words}tables.oid::regclass), false, true, '')::text as x
  from tables${withDigests ? " left join columns on attrelid = tables.oid" : ""}) counted`;
}

/** What a schema consists of: a dump that lost its indexes or functions has all its rows. */
const OBJECTS = `with ours as (select oid from pg_catalog.pg_namespace where ${NOT_OURS}),
 relations as (select c.oid, relkind from pg_catalog.pg_class c join ours on ours.oid = relnamespace
  where relpersistence <> 't' and ${notOfExtension("pg_class", "c.oid")})
 select jsonb_build_array(name, n, null) from (values
 ('(tables)', (select count(*) from relations where relkind in ('r', 'p'))),
 ('(views)', (select count(*) from relations where relkind in ('v', 'm'))),
 ('(sequences)', (select count(*) from relations where relkind = 'S')),
 ('(indexes)', (select count(*) from pg_catalog.pg_index i join relations r on r.oid = indrelid join pg_catalog.pg_class x on x.oid = indexrelid
   where indisvalid and x.relkind = 'i')),
 ('(constraints)', (select count(*) from pg_catalog.pg_constraint join relations r on r.oid = conrelid
   where contype in ('c', 'f', 'p', 'u', 'x') and conparentid = 0)),
 ('(triggers)', (select count(*) from pg_catalog.pg_trigger join relations r on r.oid = tgrelid where not tgisinternal
   and coalesce(to_jsonb(pg_trigger) ->> 'tgparentid', '0') = '0')),
 ('(policies)', (select count(*) from pg_catalog.pg_policy join relations r on r.oid = polrelid)),
 ('(functions)', (select count(*) from pg_catalog.pg_proc p join ours on ours.oid = pronamespace where ${notOfExtension("pg_proc", "p.oid")}
   and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i'))),
 ('(types)', (select count(*) from pg_catalog.pg_type y join ours on ours.oid = typnamespace where typtype in ('e', 'd', 'r') and ${notOfExtension("pg_type", "y.oid")})),
 ('(large objects)', (select count(*) from pg_catalog.pg_largeobject_metadata))) v(name, n)`;

/** Readable by a superuser only. */
const LARGE_OBJECTS = `select jsonb_build_array('(large objects)', null, sum(hash_record_extended(t, 0))::text) from pg_catalog.pg_largeobject t`;

export interface FactsWanted {
  readonly digests: boolean;
  readonly isSuperuser: boolean;
}

/** Statements that print the facts of the database they run in, one JSON array a line. */
export function factsSql({ digests, isSuperuser }: FactsWanted): readonly string[] {
  return [tablesSql(digests), OBJECTS, ...(digests && isSuperuser ? [LARGE_OBJECTS] : [])];
}

const Line = z.tuple([z.string(), z.number().int().nonnegative().nullable(), z.string().nullable()]);

/** Reads what `factsSql` printed; throws when a line is not one of its. */
export function readFacts(name: string, printed: string): UnitFacts {
  const counts: Record<string, number> = {};
  const digests: Record<string, string> = {};
  // In the order of their text: the catalogue's own order changes with a restore, and manifests are compared by people too.
  for (const line of printed
    .split("\n")
    .filter((text) => text !== "")
    .sort()) {
    const [what, count, digest] = Line.parse(JSON.parse(line));
    if (count !== null) counts[what] = count;
    if (digest !== null) digests[what] = digest;
  }
  return { name, counts, ...(Object.keys(digests).length === 0 ? {} : { digests }) };
}
