import { type ContainerFacts, type Engine, engineById, identityOf } from "@cofre/core";
import { Fault, type Inspection } from "@cofre/core/model";
import { userIdOf } from "../../auth/actor.ts";
import { newId } from "../../db/columns.ts";
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
import { isUntouched } from "./untouched.ts";
import type { AddResource, ResourceView } from "./view.ts";

/** What adding found out before anything was written. */
interface Draft {
  readonly input: AddResource;
  readonly server: ServerRow;
  readonly engine: Engine;
  readonly config: ConfigFields;
  readonly container: ContainerFacts | undefined;
  readonly inspection: Inspection | undefined;
}

/**
 * Adds a resource by hand, after its connection was tried. A container whose resource was removed brings that one back, with the
 * backups that were kept. One that a scan found first and nobody touched since becomes this resource: whoever starts a container and
 * adds it at once must not depend on who was faster.
 *
 * @throws Fault `state.conflict` when the container is somebody's resource already; `target.*` and `server.*` when it cannot be used
 */
export async function addResource(ctx: ActorContext, input: AddResource): Promise<ResourceView> {
  await findProject(ctx, input.projectId);
  const draft = await draftOf(ctx, input);
  const row = await withUniqueExternalId("resource", () => write(ctx, draft));
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
  if (!input.test) return { input, server, engine, config, container, inspection: undefined };
  const asked = question(caller.signal);
  const inspecting = tryEngine(deps.reach, { server, engine, target, container, asked });
  const inspection = await answered(server.name, asked.signal, inspecting);
  return { input, server, engine, config, container, inspection };
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

/** A row that appears between the look and the write is looked at again. */
async function write(ctx: ActorContext, draft: Draft): Promise<ResourceRow> {
  for (;;) {
    const there = await known(ctx, draft);
    if (there === undefined) {
      const row = await insert(ctx, draft);
      if (row !== undefined) return row;
      if ((await known(ctx, draft)) === undefined) throw elsewhere();
      continue;
    }
    if (there.removedAt === null && !isUntouched(there)) throw taken(there);
    const row = await take(ctx, draft, there);
    if (row !== undefined) return row;
  }
}

function taken({ id, name }: ResourceRow) {
  return conflict(
    `this container is already the resource ${name}`,
    { resourceId: id },
    "Change that resource, or remove it first: its backups stay and come along.",
  );
}

/** A key of one project does not see the rows of others, and takes none of them. */
function elsewhere() {
  return conflict(
    "this container is a resource of another project",
    {},
    "Ask somebody who sees every project to move it to this one.",
  );
}

function valuesOf({ deps }: ActorContext, draft: Draft, resourceId: string) {
  const { sealer, now } = deps;
  const { input } = draft;
  return {
    projectId: input.projectId,
    projectChosen: true,
    name: input.name,
    externalId: input.externalId ?? null,
    ...restConfig({ sealer, engine: draft.engine, resourceId }, draft.config),
    editedFields: Object.keys(input.config),
    ...foundOut(draft, now()),
    removedAt: null,
    updatedAt: now(),
  };
}

/** Undefined when a row stands for the container by now. */
async function insert(ctx: ActorContext, draft: Draft): Promise<ResourceRow | undefined> {
  const { actor, deps } = ctx;
  const id = newId();
  const [row] = await deps.db
    .insert(resources)
    .values({
      id,
      ...valuesOf(ctx, draft, id),
      organizationId: actor.organizationId,
      serverId: draft.server.id,
      engine: draft.engine.id,
      slug: await freeSlug(deps.db, draft.input.name, { table: resources, column: resources.slug }),
      detected: false,
      createdBy: userIdOf(actor),
    })
    .onConflictDoNothing({ target: [resources.serverId, resources.identity, resources.engine] })
    .returning();
  return row;
}

/** Its backups come along into the project that it comes to. Undefined when somebody else took it meanwhile. */
async function take(ctx: ActorContext, draft: Draft, { id }: ResourceRow): Promise<ResourceRow | undefined> {
  return await ctx.deps.db.transaction(async (tx) => {
    const [there] = await tx.select().from(resources).where(eq(resources.id, id)).for("update");
    if (there === undefined || (there.removedAt === null && !isUntouched(there))) return undefined;
    const values = valuesOf(ctx, draft, id);
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
