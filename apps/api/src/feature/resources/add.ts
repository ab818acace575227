import { type ContainerFacts, type Engine, engineById, identityOf } from "@cofre/core";
import { Fault, type Inspection } from "@cofre/core/model";
import { userIdOf } from "../../auth/actor.ts";
import { newId } from "../../db/columns.ts";
import type { Database } from "../../db/database.ts";
import { eq } from "../../db/orm.ts";
import { resources } from "../../db/schema/resources.ts";
import { answered, question } from "../../reach/questions.ts";
import type { ResourceRow, ServerRow } from "../../reach/reach.ts";
import { type ConfigFields, restConfig, targetOf } from "../../reach/resource-config.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { findProject } from "../projects/get.ts";
import { findServer } from "../servers/get.ts";
import { freeSlug } from "../slug.ts";
import { withUniqueExternalId } from "../unique.ts";
import { pathsIn, requireAllowed } from "./allowed-paths.ts";
import { viewResource } from "./get.ts";
import { moveBackups } from "./move-backups.ts";
import { requireApart } from "./own-store.ts";
import { selectByIdentity } from "./rows.ts";
import { tryEngine } from "./try-engine.ts";
import type { AddResource, ResourceView } from "./view.ts";

/** What adding found out before anything was written. */
interface Draft {
  readonly server: ServerRow;
  readonly engine: Engine;
  readonly config: ConfigFields;
  readonly container: ContainerFacts | undefined;
  readonly inspection: Inspection | undefined;
}

/**
 * Adds a resource by hand, after its connection was tried. A container whose resource was removed brings that one back, with the
 * backups that were kept.
 *
 * @throws Fault `state.conflict` when the container is a resource already; `target.*` and `server.*` when it cannot be used
 */
export async function addResource(ctx: ActorContext, input: AddResource): Promise<ResourceView> {
  await findProject(ctx, input.projectId);
  const draft = await draftOf(ctx, input);
  const there = await known(ctx, draft);
  if (there !== undefined && there.removedAt === null) {
    throw conflict(`this container is already the resource ${there.name}`, { resourceId: there.id });
  }
  const row = await withUniqueExternalId("resource", () => write(ctx, { input, draft, id: there?.id }));
  ctx.trail.target = { kind: "resource", id: row.id, name: row.name };
  return await viewResource(ctx, row);
}

async function draftOf(ctx: ActorContext, input: AddResource): Promise<Draft> {
  const { deps, actor, caller } = ctx;
  const server = await findServer(ctx, input.serverId);
  const engine = engineById(input.type);
  const container =
    input.containerId === undefined ? undefined : await findContainer(ctx, server, input.containerId);
  const config = { ...detectedConfig(engine, container), ...input.config };
  requireAllowed(actor, { server, engine, config });
  const target = targetOf(engine, config);
  await requireApart(deps.db, { server, engine, paths: pathsIn(config) });
  if (!input.test) return { server, engine, config, container, inspection: undefined };
  const asked = question(caller.signal);
  const inspecting = tryEngine(deps.reach, { server, engine, target, container, asked });
  const inspection = await answered(server.name, asked.signal, inspecting);
  return { server, engine, config, container, inspection };
}

function detectedConfig(engine: Engine, container: ContainerFacts | undefined): ConfigFields {
  return container === undefined ? {} : (engine.detect(container)?.config ?? {});
}

async function findContainer(
  { deps, caller }: ActorContext,
  server: ServerRow,
  nameOrId: string,
): Promise<ContainerFacts> {
  const { signal } = question(caller.signal);
  const docker = await answered(server.name, signal, deps.reach.docker(server.id));
  const container = await answered(server.name, signal, docker.inspect(nameOrId, { signal }));
  if (container !== undefined) return container;
  throw new Fault("target.missing", `there is no container ${nameOrId} on ${server.name}`, {
    hint: "Look up its name or id with docker ps -a on that server.",
  });
}

async function known({ deps, actor }: ActorContext, draft: Draft): Promise<ResourceRow | undefined> {
  if (draft.container === undefined) return undefined;
  return await selectByIdentity(deps.db, actor, {
    serverId: draft.server.id,
    identity: identityOf(draft.container),
    engine: draft.engine.id,
  });
}

interface Writing {
  readonly input: AddResource;
  readonly draft: Draft;
  /** Of the removed row that comes back. */
  readonly id: string | undefined;
}

async function write(
  { deps, actor }: ActorContext,
  { input, draft, id: back }: Writing,
): Promise<ResourceRow> {
  const { db, sealer, now } = deps;
  const { server, engine } = draft;
  const id = back ?? newId();
  const values = {
    projectId: input.projectId,
    projectChosen: true,
    name: input.name,
    externalId: input.externalId ?? null,
    ...restConfig({ sealer, engine, resourceId: id }, draft.config),
    editedFields: Object.keys(input.config),
    ...foundOut(draft, now()),
    removedAt: null,
    updatedAt: now(),
  };
  if (back !== undefined) {
    const row = await bringBack(db, back, values);
    if (row !== undefined) return row;
  }
  const [row] = await db
    .insert(resources)
    .values({
      id,
      ...values,
      organizationId: actor.organizationId,
      serverId: server.id,
      engine: engine.id,
      slug: await freeSlug(db, input.name, { table: resources, column: resources.slug }),
      detected: false,
      createdBy: userIdOf(actor),
    })
    .returning();
  if (row === undefined) throw new Error("the resource was not written");
  return row;
}

/** The backups that were kept come along into the project that it comes back to. */
async function bringBack(
  db: Database,
  id: string,
  values: Partial<typeof resources.$inferInsert>,
): Promise<ResourceRow | undefined> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.update(resources).set(values).where(eq(resources.id, id)).returning();
    if (row !== undefined) await moveBackups(tx, row);
    return row;
  });
}

/** What the trial told; nothing of it when there was none. */
function foundOut({ container, inspection }: Draft, now: Date) {
  const place = container === undefined ? {} : placeOf(container);
  if (inspection === undefined) return { ...place, status: container?.status ?? ("unknown" as const) };
  const { version, units } = inspection;
  const status = container?.status ?? ("running" as const);
  return { ...place, status, version, units, inspectedAt: now, inspectFault: null, lastSeenAt: now };
}

function placeOf(container: ContainerFacts) {
  return {
    identity: identityOf(container),
    containerId: container.id,
    containerName: container.name,
    image: container.image,
    health: container.health,
  };
}
