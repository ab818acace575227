import type { JobRow } from "../../work/queue-contract.ts";
import { toFaultView } from "../fault-view.ts";
import type { JobView } from "./view.ts";

const NOTHING_YET = { bytes: 0, totalBytes: null, bytesPerSecond: 0, secondsLeft: null };

export function toJobView(row: JobRow, resourceName: string | null): JobView {
  return {
    id: row.id,
    kind: row.kind,
    projectId: row.projectId,
    serverId: row.serverId,
    resourceId: row.resourceId,
    resourceName,
    backupId: row.backupIds[0] ?? null,
    backupIds: [...row.backupIds],
    status: row.status,
    phase: row.phase,
    progress: { ...(row.progress ?? NOTHING_YET) },
    error: toFaultView(row.error),
    warnings: warningsIn(row.result),
    requestedBy: { ...row.requestedBy },
    cancelRequested: row.cancelRequestedAt !== null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function warningsIn(result: JobRow["result"]): string[] {
  const warnings = result?.warnings;
  return Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === "string") : [];
}
