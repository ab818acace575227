import { z } from "zod";
import { Fault } from "../model/fault.ts";
import { refuseSmallDisk } from "./disk-room.ts";
import type { Disk, Reach, RestoreRequest } from "./engine.ts";
import { CUSTOM, PLAIN } from "./postgres-format.ts";
import { MAJOR_SQL, VERSION_SQL } from "./postgres-preflight.ts";
import type { DatabaseRider } from "./postgres-riders.ts";
import { neededRoles, relatedRoles } from "./postgres-roles.ts";
import { isPossibleName, literal, OUR_NAMES, textArray } from "./postgres-sql.ts";
import type { PostgresTarget } from "./postgres-target.ts";
import { majorOf, refuseOlderTool } from "./postgres-tools.ts";

const Names = z.array(z.string());

const Ground = z.object({
  version: z.string(),
  major: z.number().int(),
  isSuperuser: z.boolean(),
  mayCreateDatabases: z.boolean(),
  mayCreateRoles: z.boolean(),
  isReplica: z.boolean(),
  dataFolder: z.string().nullable(),
  /** Null when the restore makes a new database. */
  target: z.object({ isOurs: z.boolean(), owner: z.string() }).nullable(),
  prepared: Names,
  activeSlots: Names,
  idleSlots: Names,
  subscriptions: Names,
  missingExtensions: Names,
  /** Of the roles that the load needs. */
  missingRoles: Names,
  /** Of those that have a share in the database by another. */
  missingRelated: Names,
  superusers: Names,
});

/** What a restore finds at its target. */
export type Ground = z.infer<typeof Ground>;

/** A restore of one database: what goes where, and what the archive tells about itself. */
export interface RestorePlan {
  readonly reach: Reach<PostgresTarget>;
  readonly request: RestoreRequest;
  readonly from: string;
  readonly into: string;
  readonly rider: DatabaseRider | undefined;
}

const KNOWN_ROLES = "select r.rolname::text from pg_roles r";

/** The question for what a restore finds at its target, which `checkRestore` reads. */
export function groundSql(plan: RestorePlan): string {
  const { into, rider } = plan;
  const list = (from: string, column: string): string =>
    `coalesce((select jsonb_agg(${column} order by ${column}) from ${from}), '[]')`;
  const wanted = (names: readonly string[] | undefined, known: string): string =>
    list(`unnest(${textArray(names ?? [])}) w(name) where name not in (${known})`, "name");
  const name = literal(into);
  return `select jsonb_build_object('version', ${VERSION_SQL}, 'major', ${MAJOR_SQL}, 'isSuperuser', me.rolsuper,
 'mayCreateDatabases', me.rolsuper or me.rolcreatedb, 'mayCreateRoles', me.rolsuper or me.rolcreaterole, 'isReplica', pg_is_in_recovery(),
 'dataFolder', case when me.rolsuper then current_setting('data_directory') end,
 'target', (select jsonb_build_object('isOurs', pg_has_role(datdba, 'USAGE'), 'owner', pg_get_userbyid(datdba)) from pg_database where datname = ${name}),
 'prepared', ${list(`pg_prepared_xacts where database = ${name}`, "gid")},
 'activeSlots', ${list(`pg_replication_slots where database = ${name} and active`, "slot_name::text")},
 'idleSlots', ${list(`pg_replication_slots where database = ${name} and not active`, "slot_name::text")},
 'subscriptions', ${list(`(select subname from pg_subscription s join pg_database d on d.oid = subdbid where datname = ${name}) s`, "subname::text")},
 'missingExtensions', ${wanted(rider?.extensions, "select e.name::text from pg_available_extensions e")},
 'missingRoles', ${wanted(neededRoles(plan), KNOWN_ROLES)}, 'missingRelated', ${wanted(relatedRoles(plan), KNOWN_ROLES)},
 'superusers', ${list("pg_roles where rolsuper", "rolname::text")}) from pg_roles me where me.rolname = current_user`;
}

export function readGround(printed: string): Ground {
  return Ground.parse(JSON.parse(printed));
}

/** Throws what stands in the way, before anything is changed. `tool` is the version of `pg_restore`. */
export async function checkRestore(plan: RestorePlan, ground: Ground, tool: string): Promise<void> {
  refuseName(plan.into);
  refuseChoices(plan);
  refuseVersion(plan, ground);
  refuseTools(tool, plan, ground);
  refuseRights(plan, ground);
  refuseEntangled(plan.into, ground);
  refuseMissing(ground);
  refuseSuperOwners(plan, ground);
  const disk = diskOf(plan, ground);
  if (disk !== undefined && plan.rider !== undefined)
    await refuseSmallDisk(disk, plan.rider.sourceBytes, plan.reach.signal);
}

function refuseName(into: string): void {
  const isTaken = /^template[01]$/.test(into) || new RegExp(OUR_NAMES).test(into);
  if (isPossibleName(into) && !isTaken) return;
  throw new Fault("input.invalid", `a database cannot be restored under the name ${JSON.stringify(into)}`, {
    hint: "Choose a name of 1 to 63 bytes that is not a template's nor one that a restore gives.",
  });
}

function refuseChoices({ request }: RestorePlan): void {
  const { ownership = true, rights = true } = request.choices ?? {};
  if ((ownership && rights) || request.format.name !== PLAIN) return;
  throw new Fault(
    "input.invalid",
    "this backup is plain SQL: its owners and rights are part of the text and cannot be left out",
    { hint: `Restore it with both, or choose a backup in the format ${CUSTOM}.` },
  );
}

function refuseVersion({ request }: RestorePlan, { version, major }: Ground): void {
  const archived = majorOf(request.serverVersion);
  if (archived === null || archived <= major) return;
  throw new Fault(
    "engine.version",
    `an archive of PostgreSQL ${request.serverVersion} cannot be restored to PostgreSQL ${version}`,
    {
      hint: `Restore it to a server of version ${archived} or newer.`,
      context: { archive: request.serverVersion, server: version },
    },
  );
}

function refuseTools(tool: string, { request }: RestorePlan, ground: Ground): void {
  const archiveMajor = majorOf(request.format.version) ?? majorOf(request.serverVersion) ?? 0;
  if (archiveMajor <= (majorOf(tool) ?? 0)) return;
  refuseOlderTool("pg_restore", tool, { ...ground, version: request.format.version, major: archiveMajor });
}

function refuseRights({ reach, into }: RestorePlan, ground: Ground): void {
  const user = reach.target.username;
  if (ground.isReplica) {
    throw new Fault(
      "target.unsuitable",
      `the PostgreSQL server of ${into} is a replica and takes no writes`,
      {
        hint: "Restore to its primary.",
      },
    );
  }
  if (!ground.mayCreateDatabases) {
    throw new Fault(
      "target.permission",
      `user ${user} may not create databases, and a restore loads into a new one first`,
      {
        hint: `Use the server's superuser for this resource, or let one run: ALTER ROLE ${user} CREATEDB`,
      },
    );
  }
  if (ground.target !== null && !ground.target.isOurs) {
    throw new Fault(
      "target.permission",
      `user ${user} may not rename ${into}, which belongs to ${ground.target.owner}`,
      {
        hint: `Use the server's superuser for this resource, or a user with the rights of ${ground.target.owner}.`,
      },
    );
  }
}

function refuseEntangled(into: string, ground: Ground): void {
  const knots: readonly (readonly [what: string, names: readonly string[], hint: string])[] = [
    [
      "prepared transactions",
      ground.prepared,
      "Commit or roll them back first (COMMIT PREPARED, ROLLBACK PREPARED).",
    ],
    [
      "replication slots in use",
      ground.activeSlots,
      "Stop what reads them first; they stay with the old data.",
    ],
    [
      "subscriptions",
      ground.subscriptions,
      "Disable and drop them first, and create them again after the restore.",
    ],
  ];
  for (const [what, names, hint] of knots) {
    if (names.length === 0) continue;
    throw new Fault("target.unsuitable", `${into} has ${what}: ${names.join(", ")}`, { hint });
  }
}

function refuseMissing(ground: Ground): void {
  if (ground.missingExtensions.length > 0) {
    throw new Fault(
      "target.unsuitable",
      `the archive needs extensions that this server has not: ${ground.missingExtensions.join(", ")}`,
      { hint: "Install them on the server (as the image of the original does), then try again." },
    );
  }
  if (ground.missingRoles.length > 0 && !ground.mayCreateRoles) {
    throw new Fault(
      "target.unsuitable",
      `the archive names roles that this server has not: ${ground.missingRoles.join(", ")}`,
      { hint: "Create them first (the backup's globals.sql tells how), or use the server's superuser." },
    );
  }
}

/** A foreign-data wrapper or an event trigger can belong to nobody else, and a restore makes nobody a superuser. */
function refuseSuperOwners({ request, rider }: RestorePlan, { superusers }: Ground): void {
  if (request.choices?.ownership === false) return;
  const owners = (rider?.superOwners ?? []).filter((name) => !superusers.includes(name));
  if (owners.length === 0) return;
  throw new Fault(
    "target.unsuitable",
    `the archive has a foreign-data wrapper or an event trigger that belongs to ${owners.join(", ")}, who is no superuser here`,
    { hint: "Restore without the owners of the backup, or make that role a superuser of this server first." },
  );
}

/** Where the data is; unknown to a user who is no superuser, and where only a port leads to the server. */
export function diskOf({ reach }: RestorePlan, { dataFolder }: Ground): Disk | undefined {
  if (dataFolder === null || reach.container === undefined) return undefined;
  return { host: reach.host, tag: reach.tag, folder: dataFolder };
}
