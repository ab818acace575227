import { type ContainerFacts, type DetectedResource, type Engine, engineById, identityOf } from "@cofre/core";
import { newId } from "../db/columns.ts";
import { and, asc, eq, inArray, isNotNull, isNull } from "../db/orm.ts";
import { projects } from "../db/schema/projects.ts";
import { resources } from "../db/schema/resources.ts";
import { chooseProject } from "../feature/projects/selector.ts";
import { moveBackups } from "../feature/resources/move-backups.ts";
import { freeSlug } from "../feature/slug.ts";
import type { ResourceRow, ServerRow } from "../reach/reach.ts";
import { restConfig } from "../reach/resource-config.ts";
import type { ScanDeps } from "./scan.ts";
import { refreshedConfig } from "./scan-config.ts";
import { forgetVanished } from "./scan-forget.ts";
import { distinctIdentities, type Identified } from "./scan-identity.ts";

export interface Merged {
  readonly added: number;
  readonly missing: number;
  readonly toInspect: readonly string[];
}

type ProjectRow = typeof projects.$inferSelect;

/** What a look at the server showed. */
export interface Seen {
  readonly found: readonly DetectedResource[];
  /** All of them, those of no engine too. */
  readonly containers: () => Promise<readonly ContainerFacts[]>;
}

/** One scan's view of the world. */
interface Scan {
  readonly deps: ScanDeps;
  readonly server: ServerRow;
  readonly projects: readonly ProjectRow[];
  readonly now: Date;
}

/**
 * Writes what was found into the server's rows. New containers go to the project whose selector says most, else to `default`; known
 * ones are refreshed where nobody edited them; those that are gone are told missing and keep their backups; those that nobody will miss are forgotten.
 */
export async function mergeFound(
  deps: ScanDeps,
  server: ServerRow,
  { found, containers }: Seen,
): Promise<Merged> {
  const scan = { deps, server, projects: await projectsOf(deps, server.organizationId), now: deps.now() };
  const known = await deps.db
    .select()
    .from(resources)
    .where(and(eq(resources.serverId, server.id), isNotNull(resources.identity)));
  const toInspect: string[] = [];
  const seen = new Set<string>();
  let added = 0;
  for (const one of distinctIdentities(found, known)) {
    const row = known.find((candidate) => isSame(candidate, one));
    if (row === undefined) {
      const id = await add(scan, one);
      if (id === undefined) continue;
      added += 1;
      if (one.container.status === "running") toInspect.push(id);
    } else {
      seen.add(row.id);
      if (row.removedAt === null && (await refresh(scan, row, one))) toInspect.push(row.id);
    }
  }
  const unmet = known.filter((row) => row.removedAt === null && !seen.has(row.id));
  const missing = await judgeUnmet(scan, unmet, containers);
  return { added, missing, toInspect: [...toInspect, ...(await staleByHand(scan))] };
}

function isSame(row: ResourceRow, found: Identified): boolean {
  return row.identity === found.identity && row.engine === found.engine;
}

/** Oldest first, as `chooseProject` wants them. */
async function projectsOf({ db }: ScanDeps, organizationId: string): Promise<readonly ProjectRow[]> {
  return await db
    .select()
    .from(projects)
    .where(eq(projects.organizationId, organizationId))
    .orderBy(asc(projects.id));
}

function projectFor({ projects: all, server }: Scan, { container }: Identified): ProjectRow | undefined {
  const chosen = chooseProject(all, { serverId: server.id, labels: container.labels });
  return chosen ?? all.find((project) => project.name === "default") ?? all[0];
}

/** Undefined when it is not taken in: there is no project, or another process was first. */
async function add(scan: Scan, found: Identified): Promise<string | undefined> {
  const { deps, server, now } = scan;
  const project = projectFor(scan, found);
  if (project === undefined) return undefined;
  const id = newId(now);
  const engine = engineById(found.engine);
  const [row] = await deps.db
    .insert(resources)
    .values({
      id,
      organizationId: server.organizationId,
      projectId: project.id,
      serverId: server.id,
      engine: found.engine,
      name: found.name,
      slug: await freeSlug(deps.db, found.name, { table: resources, column: resources.slug }),
      identity: found.identity,
      detected: true,
      version: found.version,
      ...whereItLives(engine, found),
      ...restConfig({ sealer: deps.sealer, engine, resourceId: id }, found.config),
      lastSeenAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: resources.id });
  return row?.id;
}

/** Tells whether it should be inspected. */
async function refresh(scan: Scan, row: ResourceRow, found: Identified): Promise<boolean> {
  const { deps, now } = scan;
  const engine = engineById(row.engine);
  const lives = whereItLives(engine, found);
  const isOther = lives.containerId !== row.containerId || lives.image !== row.image;
  const isChanged = isOther || lives.status !== row.status || lives.health !== row.health;
  // Somebody's choice stays: resources added or moved by hand are not moved by a selector.
  const mayMove = row.detected && !row.projectChosen;
  const projectId = mayMove ? (projectFor(scan, found)?.id ?? row.projectId) : row.projectId;
  const values = {
    ...lives,
    ...(row.detected ? refreshedConfig(deps.sealer, { row, engine, found: found.config }) : {}),
    ...(mayMove ? { projectId } : {}),
    // The image's tag says less than the server itself said when it was inspected.
    ...(isOther || row.version === null ? { version: found.version ?? row.version } : {}),
    lastSeenAt: now,
    updatedAt: isChanged ? now : row.updatedAt,
  };
  await deps.db.transaction(async (tx) => {
    await tx.update(resources).set(values).where(eq(resources.id, row.id));
    if (projectId !== row.projectId) await moveBackups(tx, { id: row.id, projectId });
  });
  if (lives.status !== "running") return false;
  return isOther || row.status !== "running" || isStale(row, now, STALE_MS);
}

function whereItLives(engine: Engine, { container }: Pick<Identified, "container">) {
  const { defaultPort } = engine;
  const published = container.ports.find((port) => port.container === defaultPort && port.host !== null);
  return {
    containerId: container.id,
    containerName: container.name,
    image: container.image,
    port: published?.host ?? defaultPort,
    status: container.status,
    health: container.health,
  };
}

const STALE_MS = 6 * 3_600_000;
const STALE_BY_HAND_MS = 30 * 60_000;

function isStale(row: ResourceRow, now: Date, afterMs: number): boolean {
  if (row.inspectedAt === null || row.inspectFault !== null) return true;
  return now.getTime() - row.inspectedAt.getTime() > afterMs;
}

/** What is not in a container has no engine to tell its state: only asking tells whether it is there. */
async function staleByHand({ deps, server, now }: Scan): Promise<string[]> {
  const rows = await deps.db
    .select()
    .from(resources)
    .where(and(eq(resources.serverId, server.id), isNull(resources.identity), isNull(resources.removedAt)));
  return rows.filter((row) => isStale(row, now, STALE_BY_HAND_MS)).map((row) => row.id);
}

/** A container that no engine claims may still be somebody's resource, added by hand; the others are gone. */
async function judgeUnmet(
  { deps, now }: Scan,
  rows: readonly ResourceRow[],
  containers: Seen["containers"],
): Promise<number> {
  if (rows.length === 0) return 0;
  const all = await containers();
  const gone: ResourceRow[] = [];
  for (const row of rows) {
    const container = all.find((one) => identityOf(one) === row.identity);
    if (container === undefined) gone.push(row);
    else await seeAgain(deps, row, { container, now });
  }
  const newlyGone = gone.filter((row) => row.status !== "missing");
  if (newlyGone.length > 0) {
    const ids = newlyGone.map((row) => row.id);
    await deps.db
      .update(resources)
      .set({ status: "missing", health: null })
      .where(inArray(resources.id, ids));
  }
  await forgetVanished(deps, gone);
  return newlyGone.length;
}

async function seeAgain(
  { db }: ScanDeps,
  row: ResourceRow,
  { container, now }: { readonly container: ContainerFacts; readonly now: Date },
): Promise<void> {
  await db
    .update(resources)
    .set({
      ...whereItLives(engineById(row.engine), { container }),
      lastSeenAt: now,
      updatedAt: row.updatedAt,
    })
    .where(eq(resources.id, row.id));
}

/** Nobody can say how the server's containers are; those that were missing stay so. */
export async function resourcesOutOfSight({ db }: ScanDeps, serverId: string): Promise<void> {
  await db
    .update(resources)
    .set({ status: "unknown", health: null })
    .where(
      and(
        eq(resources.serverId, serverId),
        isNotNull(resources.identity),
        inArray(resources.status, ["running", "stopped"]),
      ),
    );
}
