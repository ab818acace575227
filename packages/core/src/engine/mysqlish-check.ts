import { z } from "zod";
import { Fault } from "../model/fault.ts";
import { refuseSmallDisk } from "./disk-room.ts";
import type { Disk, Reach, RestoreRequest } from "./engine.ts";
import { refuseUnwritable } from "./mysqlish-dump.ts";
import type { About, LoggedIn } from "./mysqlish-inspect.ts";
import type { DatabaseRider } from "./mysqlish-riders.ts";
import { holds } from "./mysqlish-rights.ts";
import { askAll, rowsOf, type Session } from "./mysqlish-session.ts";
import { isPossibleName, named, OUR_NAMES, SYSTEM_NAMES } from "./mysqlish-sql.ts";
import type { MysqlTarget } from "./mysqlish-target.ts";
import { fittingVersions, type Programs } from "./mysqlish-tools.ts";
import { isNewerSeries, MARIADB, MYSQL, type Vendor } from "./mysqlish-vendor.ts";

/** A restore of one database: what goes where, and what the archive tells about itself. */
export interface RestorePlan {
  readonly vendor: Vendor;
  readonly reach: Reach<MysqlTarget>;
  readonly request: RestoreRequest;
  readonly from: string;
  readonly into: string;
  readonly rider: DatabaseRider | undefined;
}

/** Throws what stands in the way, before anything is changed. Resolves with the disk that the load fills, where it is known. */
export async function checkRestore(
  { session, about }: LoggedIn,
  programs: Programs,
  plan: RestorePlan,
): Promise<Disk | undefined> {
  refuseName(plan);
  refuseVendor(plan);
  refuseVersion(plan, about);
  refuseRights(plan, about);
  fittingVersions(programs, about, "restore to");
  const [ground] = await Promise.all([
    askAll(session, groundSql(plan, about)),
    refuseUnwritable(session, plan.into),
  ]);
  refuseReplica(session, about, ground);
  refuseEntangled(plan, ground);
  refuseUnknown(plan, ground);
  const disk = diskOf(plan, ground);
  if (disk !== undefined && plan.rider !== undefined)
    await refuseSmallDisk(disk, plan.rider.sourceBytes, plan.reach.signal);
  return disk;
}

function refuseName({ into }: RestorePlan): void {
  if (isPossibleName(into) && !SYSTEM_NAMES.test(into) && !OUR_NAMES.test(into)) return;
  throw new Fault("input.invalid", `a database cannot be restored under the name ${JSON.stringify(into)}`, {
    hint: "Choose a name of 1 to 64 characters without emoji or a space at its end, that is not the server's own nor one that a restore gives.",
  });
}

function refuseVendor({ vendor, request }: RestorePlan): void {
  if (request.format.name === vendor.format) return;
  const other = [MARIADB, MYSQL].find(({ format }) => format === request.format.name);
  throw new Fault(
    "archive.foreign",
    `an archive of ${other?.label ?? request.format.name} ${request.serverVersion ?? ""} cannot be restored to ${vendor.label}`,
    {
      hint: `Restore it to a server of ${other?.label ?? "its own kind"}; the two have drifted apart in what their dumps say.`,
    },
  );
}

function refuseVersion({ vendor, request }: RestorePlan, { numbers }: About): void {
  const archived = request.serverVersion;
  if (archived === null || !isNewerSeries(archived, numbers)) return;
  throw new Fault(
    "engine.version",
    `an archive of ${vendor.label} ${archived} cannot be restored to ${vendor.label} ${numbers}`,
    {
      hint: `Restore it to a server of version ${archived} or newer.`,
      context: { archive: archived, server: numbers },
    },
  );
}

/** What the restore does itself; what the dump's own text needs is known only to the server that reads it. */
const NEEDED = [
  "SELECT",
  "INSERT",
  "CREATE",
  "DROP",
  "ALTER",
  "INDEX",
  "CREATE VIEW",
  "CREATE ROUTINE",
  "ALTER ROUTINE",
  "TRIGGER",
  "EVENT",
] as const;

function refuseRights({ vendor, reach }: RestorePlan, { everywhere }: About): void {
  const maySwitch = ["SUPER", "SYSTEM_VARIABLES_ADMIN", "READ_ONLY ADMIN"].some((right) =>
    holds(everywhere, right),
  );
  const missing = [...NEEDED.filter((right) => !holds(everywhere, right)), ...(maySwitch ? [] : ["SUPER"])];
  if (missing.length === 0) return;
  throw new Fault(
    "target.permission",
    `user ${reach.target.username} has not the rights on all databases that a restore beside the old data needs: ${missing.join(", ")}`,
    { hint: `Use ${vendor.label}'s root user for this resource, or grant them ON *.*.` },
  );
}

function refuseReplica({ vendor, reach }: Session, about: About, { replication }: Ground): void {
  const isReplica = replication.length > 0;
  if (!isReplica && !about.isReadOnly) return;
  const why = isReplica ? "is a replica and gets its data from its primary" : "is set to read_only";
  throw new Fault("target.unsuitable", `the ${vendor.label} server in ${reach.host.name} ${why}`, {
    hint: isReplica
      ? "Restore to its primary."
      : "Set read_only off first, if this is where it should be restored.",
  });
}

const Key = z.object({ schema: z.string(), table: z.string() });

/** A foreign key of another database would silently follow the old table. */
function refuseEntangled({ into }: RestorePlan, ground: Ground): void {
  const keys = rowsOf(ground.keys)
    .map((row) => Key.parse(row))
    .map(({ schema, table }) => `${schema}.${table}`);
  if (keys.length === 0) return;
  throw new Fault(
    "target.unsuitable",
    `tables of other databases have foreign keys into ${into}: ${keys.slice(0, 5).join(", ")}`,
    { hint: "Drop these keys first, and create them again after the restore." },
  );
}

/** From 10.10 on a collation of MariaDB belongs to several character sets, and has its full name in another view. */
function groundSql({ vendor, into }: RestorePlan, about: About) {
  const isNamedFully = vendor.id === "mariadb" && isNewerSeries(about.numbers, "10.9");
  const modern = vendor.id === "mysql" && isNewerSeries(about.numbers, "8.0");
  return {
    replication:
      vendor.id === "mariadb" ? "show all slaves status" : `show ${modern ? "replica" : "slave"} status`,
    keys: `select distinct json_object('schema', constraint_schema, 'table', table_name) from information_schema.referential_constraints
 where ${named("unique_constraint_schema", into)} and not ${named("constraint_schema", into)}`,
    collations: isNamedFully
      ? "select json_quote(full_collation_name) from information_schema.collation_character_set_applicability"
      : "select json_quote(collation_name) from information_schema.collations where collation_name is not null",
    engines: "select json_quote(engine) from information_schema.engines where support in ('YES', 'DEFAULT')",
    folder: "select @@datadir",
  };
}

type Ground = Readonly<Record<keyof ReturnType<typeof groundSql>, readonly string[]>>;

function refuseUnknown({ rider, vendor }: RestorePlan, ground: Ground): void {
  if (rider === undefined) return;
  const [collations, engines] = [rowsOf(ground.collations), rowsOf(ground.engines)];
  const knots: readonly (readonly [what: string, names: readonly string[]])[] = [
    ["collations", rider.collations.filter((name) => !collations.includes(name))],
    ["storage engines", rider.engines.filter((name) => !engines.includes(name))],
  ];
  for (const [what, names] of knots) {
    if (names.length === 0) continue;
    throw new Fault(
      "target.unsuitable",
      `the archive needs ${what} that this server has not: ${names.join(", ")}`,
      { hint: `Restore it to a server like the original (${vendor.label} with ${names.join(", ")}).` },
    );
  }
}

/** Where the data is; unknown where only a port leads to the server. */
function diskOf({ reach }: RestorePlan, ground: Ground): Disk | undefined {
  const [folder] = ground.folder;
  if (folder === undefined || reach.container === undefined) return undefined;
  return { host: reach.host, tag: reach.tag, folder };
}
