import type { ActorContext } from "../../trpc/procedures.ts";
import { scanServer } from "../../work/scan.ts";
import { findServer } from "./get.ts";
import type { ScanView } from "./view.ts";

/** Looks at the server's containers now. What it found is inspected by the next scan job, not while somebody waits. */
export async function scan(ctx: ActorContext, { id }: { readonly id: string }): Promise<ScanView> {
  const server = await findServer(ctx, id);
  ctx.trail.target = { kind: "server", id: server.id, name: server.name };
  const { found, added, missing, scannedAt } = await scanServer(ctx.deps, server.id, ctx.caller.signal);
  return { found, added, missing, scannedAt: scannedAt.toISOString() };
}
