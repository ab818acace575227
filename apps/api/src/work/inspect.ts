import { type Inspection, isFault, toFault } from "@cofre/core/model";
import { eq } from "../db/orm.ts";
import { resources } from "../db/schema/resources.ts";
import { answered, question } from "../reach/questions.ts";
import type { ResourceRow } from "../reach/reach.ts";
import { keepCleaned } from "./cleaned.ts";
import type { ScanDeps } from "./scan.ts";

/** Inspections under way, by the pool that they use: a scan by the timer and one by hand ask the same resources at once. */
const underWay = new WeakMap<ScanDeps["reach"], Map<string, Promise<Inspection>>>();

/**
 * Asks a resource for its version and units, and keeps the answer or the fault for the next reader. Asked twice at once, it asks once.
 *
 * @throws Fault `server.*`, `target.*`, `input.invalid`
 */
export async function inspectResource(
  deps: ScanDeps,
  resourceId: string,
  signal?: AbortSignal,
): Promise<Inspection> {
  const known = underWay.get(deps.reach) ?? new Map<string, Promise<Inspection>>();
  underWay.set(deps.reach, known);
  const asking =
    known.get(resourceId) ?? ask(deps, resourceId, signal).finally(() => known.delete(resourceId));
  known.set(resourceId, asking);
  return await asking;
}

async function ask(deps: ScanDeps, resourceId: string, signal: AbortSignal | undefined): Promise<Inspection> {
  const asked = question(signal);
  try {
    const { engine, reach, row } = await deps.reach.resource(resourceId, asked);
    const inspection = await answered(row.name, asked.signal, engine.inspect(reach));
    await deps.db
      .update(resources)
      .set({
        version: inspection.version,
        units: [...inspection.units],
        inspectedAt: deps.now(),
        inspectFault: null,
        ...statusByHand(row, "running"),
      })
      .where(eq(resources.id, resourceId));
    return inspection;
  } catch (error) {
    await keepRefusal(deps, resourceId, error);
    throw error;
  }
}

/** Without a container only the resource's own answer tells whether it runs. */
function statusByHand(row: Pick<ResourceRow, "identity">, status: "running" | "unknown") {
  return row.identity === null ? { status } : {};
}

async function keepRefusal(deps: ScanDeps, resourceId: string, error: unknown): Promise<void> {
  const { db } = deps;
  const [row] = await db.select().from(resources).where(eq(resources.id, resourceId));
  if (row === undefined) return;
  const isSilent = isFault(error, "target.unreachable") || isFault(error, "server.unreachable");
  const inspectFault = await keepCleaned({ deps, job: { resourceId, serverId: row.serverId } }, error);
  await db
    .update(resources)
    .set({ inspectFault, ...(isSilent ? statusByHand(row, "unknown") : {}) })
    .where(eq(resources.id, resourceId));
}

/** Few at a time: each takes channels of the server's one connection, which backups need too. */
const AT_ONCE = 3;

/** Inspects many; one that fails does not stop the others, and its row says why. */
export async function inspectAll(
  deps: ScanDeps,
  resourceIds: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const waiting = [...resourceIds];
  const lane = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      if (signal?.aborted === true) return;
      const fault = await inspectResource(deps, id, signal).then(() => undefined, toFault);
      if (fault?.code === "bug")
        deps.log.error({ err: fault.cause ?? fault, resourceId: id }, "inspecting broke");
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
