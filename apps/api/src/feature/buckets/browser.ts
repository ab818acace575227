import type { ObjectBrowser } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { answered, question } from "../../reach/questions.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { findResource } from "../resources/get.ts";

/** The resource in the caller's own scope, which is still there. */
export async function findBrowsed(ctx: ActorContext, resourceId: string): Promise<ResourceRow> {
  const row = await findResource(ctx, resourceId);
  ctx.trail.target = { kind: "resource", id: row.id, name: row.name };
  if (row.removedAt === null) return row;
  throw conflict(`${row.name} was removed, and only its backups are kept`, {}, "Add it again.");
}

/**
 * Opens the way into a resource's buckets; it is to be disposed of.
 *
 * @throws Fault `engine.unsupported` for a resource that holds no objects
 */
export async function openBrowser(
  { deps }: Pick<ActorContext, "deps">,
  row: ResourceRow,
  signal: AbortSignal,
): Promise<ObjectBrowser> {
  const { tag } = question();
  const { engine, reach } = await deps.reach.resource(row.id, { tag, signal });
  const browser = engine.browse?.(reach);
  if (browser !== undefined) return browser;
  throw new Fault("engine.unsupported", `${row.name} is ${engine.label}, which has no buckets`, {
    hint: "Choose a resource that holds buckets.",
  });
}

/** One short question to a resource's buckets. */
export async function askBuckets<Answer>(
  ctx: ActorContext,
  resourceId: string,
  ask: (browser: ObjectBrowser) => Promise<Answer>,
): Promise<Answer> {
  const row = await findBrowsed(ctx, resourceId);
  const { signal } = question(ctx.caller.signal);
  const asking = async (): Promise<Answer> => {
    using browser = await openBrowser(ctx, row, signal);
    return await ask(browser);
  };
  return await answered(row.name, signal, asking());
}
