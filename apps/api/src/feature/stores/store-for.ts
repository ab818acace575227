import { Fault } from "@cofre/core/model";
import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, asc, desc, eq } from "../../db/orm.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import { absent } from "../absent.ts";
import { visible } from "../scope.ts";
import { chosenStoreId } from "./choices.ts";

/**
 * Where a backup rests: the store that was asked for, else the one chosen for its resource or project, else the default one of the
 * resource's own server.
 *
 * @throws Fault `not.found`, or `state.conflict` when the server has no store at all
 */
export async function storeFor(
  db: Database,
  actor: Actor,
  { resource, wanted }: { readonly resource: ResourceRow; readonly wanted: string | undefined },
): Promise<string> {
  if (wanted === undefined) return await defaultStore(db, resource);
  const [row] = await db
    .select({ id: stores.id })
    .from(stores)
    .where(and(visible.stores(actor), eq(stores.id, wanted)));
  if (row === undefined) throw absent("store");
  return row.id;
}

/** The store chosen for the resource, for its project; the resource's own server's default, else its oldest store. */
export async function defaultStore(
  db: Database,
  resource: Pick<ResourceRow, "id" | "organizationId" | "projectId" | "serverId" | "name">,
): Promise<string> {
  const chosen = await chosenStoreId(db, resource);
  if (chosen !== null) return chosen;
  const [row] = await db
    .select({ id: stores.id })
    .from(stores)
    .where(and(eq(stores.organizationId, resource.organizationId), eq(stores.serverId, resource.serverId)))
    .orderBy(desc(stores.isDefault), asc(stores.id))
    .limit(1);
  if (row !== undefined) return row.id;
  throw new Fault("state.conflict", `the server of ${resource.name} has no store where backups could rest`, {
    hint: "Add a store on this server, or name another one.",
  });
}
