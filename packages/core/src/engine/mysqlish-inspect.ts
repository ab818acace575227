import { z } from "zod";
import type { Inspection, Unit as KnownUnit } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Reach } from "./engine.ts";
import { grantOf, type Rights, rightsEverywhere } from "./mysqlish-rights.ts";
import { askAll, enter, rowsOf, type Session } from "./mysqlish-session.ts";
import { OUR_NAMES, SYSTEM_NAMES } from "./mysqlish-sql.ts";
import type { MysqlTarget } from "./mysqlish-target.ts";
import { numbersOf, type Vendor, vendorOf } from "./mysqlish-vendor.ts";

const Flag = z.union([z.number(), z.string()]).transform((value) => /^(1|ON)$/i.test(String(value)));

const Told = z.object({
  version: z.string(),
  user: z.string(),
  isReadOnly: Flag,
});

/** What a server says of itself. */
export interface About extends z.infer<typeof Told> {
  /** Every database but the server's own and what restores of ours made or kept. */
  readonly units: readonly KnownUnit[];
  /** Its numbers alone. */
  readonly numbers: string;
  /** Of the user who asks, by roles too. */
  readonly rights: Rights;
  /** Those on the whole server, in upper case. */
  readonly everywhere: ReadonlySet<string>;
}

const Unit = z.object({ name: z.string(), sourceBytes: z.number().nullable() });

const ABOUT = {
  about: `select json_object('version', version(), 'user', current_user(), 'isReadOnly', concat(@@global.read_only, ''))`,
  grants: "set session sql_quote_show_create = 1;\nshow grants",
  partialRevokes: "show global variables like 'partial_revokes'",
  databases: `select json_object('name', s.schema_name, 'sourceBytes', (select cast(sum(data_length + index_length) as unsigned)
 from information_schema.tables t where t.table_schema = s.schema_name)) from information_schema.schemata s`,
};

/** Throws `target.unsuitable` when it is the other vendor's: their tools, formats and catalogues differ. */
async function aboutServer(session: Session): Promise<About> {
  const { about, grants, partialRevokes, databases } = await askAll(session, ABOUT);
  const told = Told.parse(rowsOf(about)[0]);
  refuseOtherVendor(session, told.version);
  const units = rowsOf(databases)
    .map((row) => Unit.parse(row))
    .filter(({ name }) => !SYSTEM_NAMES.test(name) && !OUR_NAMES.test(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const rights: Rights = {
    grants: grants.flatMap((line) => grantOf(line) ?? []),
    hasPatterns: !partialRevokes.some((line) => line.endsWith("\tON")),
  };
  return { ...told, units, numbers: numbersOf(told.version), rights, everywhere: rightsEverywhere(rights) };
}

function refuseOtherVendor({ vendor, reach }: Session, version: string): void {
  const found = vendorOf(version);
  if (found.id === vendor.id) return;
  throw new Fault(
    "target.unsuitable",
    `${reach.host.name} is ${found.label} ${numbersOf(version)}, not ${vendor.label}`,
    {
      hint: `Add it as a resource of ${found.label}.`,
    },
  );
}

export interface LoggedIn {
  readonly session: Session;
  readonly about: About;
}

/** Logs in and learns what there is to know before any work. Throws what `enter` and `aboutServer` throw. */
export async function logIn(vendor: Vendor, reach: Reach<MysqlTarget>): Promise<LoggedIn> {
  const { session, answer } = await enter(vendor, reach, aboutServer);
  return { session, about: answer };
}

export async function inspectServer(vendor: Vendor, reach: Reach<MysqlTarget>): Promise<Inspection> {
  const { about } = await logIn(vendor, reach);
  return { version: about.numbers, units: about.units };
}
