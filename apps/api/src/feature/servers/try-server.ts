import { and, eq } from "../../db/orm.ts";
import { servers } from "../../db/schema/servers.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { visible } from "../scope.ts";
import { tryServer } from "./add.ts";
import { findServer } from "./get.ts";
import { markOffline, toFailedTest, toTestView } from "./probe.ts";
import type { ServerTestView } from "./view.ts";

/** Connects anew, as the next job would, and tells what it found; a failure is an answer, not an error. */
export async function testServer(
  ctx: ActorContext,
  { id }: { readonly id: string },
): Promise<ServerTestView> {
  const { deps, actor } = ctx;
  const row = await findServer(ctx, id);
  ctx.trail.target = { kind: "server", id: row.id, name: row.name };
  const began = performance.now();
  const tookMs = () => Math.round(performance.now() - began);
  try {
    const { probed, columns } = await tryServer(ctx, row, undefined);
    await deps.db
      .update(servers)
      .set(columns)
      .where(and(visible.servers(actor), eq(servers.id, row.id)));
    return toTestView(probed, tookMs());
  } catch (error) {
    await markOffline(deps.db, row.id, error);
    return toFailedTest(error, tookMs());
  }
}
