import { type DetectedResource, detectResources } from "@cofre/core";
import { Fault, isFault, toFault } from "@cofre/core/model";
import type { Deps } from "../deps.ts";
import { inspectAll } from "./inspect.ts";
import type { Running } from "./running.ts";
import { mergeFound, resourcesOutOfSight, type Seen } from "./scan-resources.ts";
import { refreshServer, tellOffline } from "./scan-server.ts";

export type ScanDeps = Pick<Deps, "db" | "reach" | "sealer" | "now" | "log">;

export interface Scanned {
  /** Containers that hold something to back up. */
  readonly found: number;
  readonly added: number;
  /** Went away since the last scan. */
  readonly missing: number;
  readonly scannedAt: Date;
  /** Ids of what is new, changed, or was not asked for long: to be inspected. */
  readonly toInspect: readonly string[];
}

/** Longer than this, and the server is as good as gone. */
const SCAN_MS = 90_000;

/**
 * Looks at a server again: its row (state, disk, container engine) and its containers' rows tell what is there now. Does not ask the
 * resources themselves: `inspectAll` of `toInspect` does.
 *
 * @throws Fault `server.*`, after the row says so too
 */
export async function scanServer(deps: ScanDeps, serverId: string, signal?: AbortSignal): Promise<Scanned> {
  const until = AbortSignal.any([...(signal === undefined ? [] : [signal]), AbortSignal.timeout(SCAN_MS)]);
  try {
    const server = await refreshServer(deps, serverId, until);
    const seen = await look(deps, serverId, until);
    if (seen === undefined) {
      await resourcesOutOfSight(deps, serverId);
      return { found: 0, added: 0, missing: 0, scannedAt: deps.now(), toInspect: [] };
    }
    const merged = await mergeFound(deps, server, seen);
    return { found: seen.found.length, scannedAt: deps.now(), ...merged };
  } catch (error) {
    await tellOffline(deps, serverId, error);
    const { blame } = toFault(error).traits;
    if (blame === "server" || blame === "target") await resourcesOutOfSight(deps, serverId);
    throw error;
  }
}

/** Undefined where there is no container engine: what it carried is out of sight, not gone. */
async function look(deps: ScanDeps, serverId: string, signal: AbortSignal): Promise<Seen | undefined> {
  try {
    const docker = await deps.reach.docker(serverId);
    const found = await detectResources(docker, signal);
    return { found: found.filter(isLasting), containers: () => docker.list({ signal }) };
  } catch (error) {
    if (isFault(error, "server.no-docker")) return undefined;
    throw error;
  }
}

/** Not lasting: what `docker compose run` makes of a service's image for one command, and helpers of our own restores. */
function isLasting({ container: { labels } }: DetectedResource): boolean {
  return labels["com.docker.compose.oneoff"] !== "True" && !("cofre.job" in labels);
}

/** Scans, then inspects what the scan found worth asking. */
export async function rescan(deps: ScanDeps, serverId: string, signal?: AbortSignal): Promise<Scanned> {
  const scanned = await scanServer(deps, serverId, signal);
  await inspectAll(deps, scanned.toInspect, signal);
  return scanned;
}

/** A scan as a job: with the inspections, and its numbers in the job's result. */
export async function doScan(running: Running): Promise<void> {
  const { deps, job, work, notes } = running;
  if (job.request.kind !== "scan") throw new Fault("bug", `job ${job.id} is not a scan`);
  work.report({ phase: "checking" });
  const { found, added, missing } = await rescan(deps, job.request.serverId, work.signal);
  Object.assign(notes, { found, added, missing });
}
