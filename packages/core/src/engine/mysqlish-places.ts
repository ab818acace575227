import { z } from "zod";
import type { Properties } from "./mysqlish-riders.ts";
import { askAll, rowsOf, type Session } from "./mysqlish-session.ts";
import { identifier, named } from "./mysqlish-sql.ts";

/** What a switch keeps in the schema that it moves the old data to; never moved along. */
export const JOURNAL_BEFORE = "cofre_switch";
export const JOURNAL_AFTER = "cofre_switched";

/** Everything in one schema, by name. */
interface Objects {
  readonly tables: readonly string[];
  readonly views: readonly string[];
  readonly triggers: readonly string[];
  readonly events: readonly string[];
  readonly functions: readonly string[];
  readonly procedures: readonly string[];
  /** Which of the two journals of a switch is here. */
  readonly journal: "before" | "after" | null;
}

const Schema = z.object({ name: z.string(), charset: z.string(), collation: z.string() });

const Grant = z.object({
  schema: z.string(),
  user: z.string(),
  host: z.string(),
  name: z.string(),
  type: z.string(),
  rights: z.string(),
});

/** Rights on a single routine go with it when it is dropped, and have to be given again. */
export interface RoutineGrant {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

function routineGrant({ schema, user, host, name, type, rights }: z.infer<typeof Grant>): RoutineGrant {
  const all = rights.split(",");
  const given = all.filter((right) => right !== "Grant" && right !== "").join(", ") || "usage";
  const option = all.includes("Grant") ? " with grant option" : "";
  const whose = `${identifier(user)}@${identifier(host)}`;
  const what = `${identifier(schema)}.${identifier(name)}`;
  return { type: type.toLowerCase(), name, sql: `grant ${given} on ${type} ${what} to ${whose}${option}` };
}

const Found = z.tuple([z.string(), z.string(), z.string()]);

/** One schema as it is, empty when it is not there. */
export interface Place extends Objects {
  readonly name: string;
  /** Null when there is no such schema. */
  readonly properties: Properties | null;
  readonly grants: readonly RoutineGrant[];
}

const NOWHERE: Omit<Place, "name"> = {
  ...{ tables: [], views: [], triggers: [], events: [], functions: [], procedures: [] },
  ...{ journal: null, properties: null, grants: [] },
};

/** Looks at schemas by their names, in one session. */
export async function placesNamed(
  session: Session,
  names: readonly string[],
): Promise<Readonly<Record<string, Place>>> {
  const any = (column: string): string => `(${names.map((name) => named(column, name)).join(" or ")})`;
  const of = (kind: string, columns: string, where: string): string =>
    `select json_array(${kind}, ${columns}) from information_schema.${where}`;
  const seen = await askAll(session, {
    schemas: `select json_object('name', schema_name, 'charset', default_character_set_name, 'collation', default_collation_name)
 from information_schema.schemata where ${any("schema_name")}`,
    objects: [
      of(
        "case table_type when 'VIEW' then 'view' else 'table' end",
        "table_schema, table_name",
        `tables where ${any("table_schema")}`,
      ),
      of("'trigger'", "trigger_schema, trigger_name", `triggers where ${any("trigger_schema")}`),
      of("'event'", "event_schema, event_name", `events where ${any("event_schema")}`),
      of("lower(routine_type)", "routine_schema, routine_name", `routines where ${any("routine_schema")}`),
    ].join(" union all "),
    definitions: `select json_array(table_schema, table_name, coalesce(view_definition, '')) from information_schema.views where ${any("table_schema")}`,
    grants: `select json_object('schema', db, 'user', user, 'host', host, 'name', routine_name, 'type', routine_type, 'rights', proc_priv)
 from mysql.procs_priv where ${any("db")} and routine_type in ('FUNCTION', 'PROCEDURE') and (user, host) in (select user, host from mysql.user)`,
  });
  const objects = rowsOf(seen.objects).map((row) => Found.parse(row));
  const definitions = rowsOf(seen.definitions).map((row) => Found.parse(row));
  const grants = rowsOf(seen.grants).map((row) => Grant.parse(row));
  const schemas = rowsOf(seen.schemas).map((row) => Schema.parse(row));
  const places = names.map((name): [string, Place] => {
    const schema = schemas.find((one) => one.name === name);
    if (schema === undefined) return [name, { ...NOWHERE, name }];
    const { charset, collation } = schema;
    const own = grants.filter((grant) => grant.schema === name).map(routineGrant);
    const objectsHere = objectsOf(objects, name);
    const views = inOrder(name, objectsHere.views, definitions);
    return [name, { ...objectsHere, views, name, properties: { charset, collation }, grants: own }];
  });
  return Object.fromEntries(places);
}

/** A view with a check option can be made only when the views that it reads are there; definitions name them in full. */
function inOrder(
  schema: string,
  views: readonly string[],
  definitions: readonly z.infer<typeof Found>[],
): readonly string[] {
  const sorted: string[] = [];
  const visit = (view: string, above: readonly string[]): void => {
    if (sorted.includes(view) || above.includes(view)) return;
    const text = definitions.find(([where, name]) => where === schema && name === view)?.[2] ?? "";
    const read = views.filter((one) => text.includes(`${identifier(schema)}.${identifier(one)}`));
    for (const one of read) visit(one, [...above, view]);
    sorted.push(view);
  };
  for (const view of views) visit(view, []);
  return sorted;
}

function objectsOf(found: readonly z.infer<typeof Found>[], schema: string): Objects {
  const all = (kind: string): readonly string[] =>
    found
      .filter(([of, where]) => of === kind && where === schema)
      .map(([, , name]) => name)
      .sort();
  const tables = all("table");
  return {
    tables: tables.filter((name) => name !== JOURNAL_BEFORE && name !== JOURNAL_AFTER),
    views: all("view"),
    triggers: all("trigger"),
    events: all("event"),
    functions: all("function"),
    procedures: all("procedure"),
    journal: journalAmong(tables),
  };
}

function journalAmong(tables: readonly string[]): Objects["journal"] {
  if (tables.includes(JOURNAL_BEFORE)) return "before";
  return tables.includes(JOURNAL_AFTER) ? "after" : null;
}

function drops(what: string, schema: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `drop ${what} if exists ${identifier(schema)}.${identifier(name)}`);
}

/** A table with triggers cannot move to another schema. */
export function dropTriggers({ name, triggers }: Place): readonly string[] {
  return drops("trigger", name, triggers);
}

export function dropCode({ name, views, events, functions, procedures }: Place): readonly string[] {
  return [
    ...drops("event", name, events),
    ...drops("view", name, views),
    ...drops("function", name, functions),
    ...drops("procedure", name, procedures),
  ];
}
