import type { KeepRules } from "@cofre/core";
import { appendAudit } from "../audit/append.ts";
import { and, eq, isNull } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { schedules } from "../db/schema/schedules.ts";
import type { Deps } from "../deps.ts";
import { removeArchive } from "./claim-removal.ts";
import { judge } from "./locks.ts";
import type { BackupRow } from "./rows.ts";
import type { Running } from "./running.ts";

/** Applies the resource's rules once a new backup is complete. What could not be removed is told and tried again after the next one. */
export async function expireAfter({ deps }: Running, { resourceId, unit }: BackupRow): Promise<void> {
  const [rules] = await deps.db
    .select({ enabled: schedules.enabled, keepLast: schedules.keepLast, keepDays: schedules.keepDays })
    .from(schedules)
    .where(eq(schedules.resourceId, resourceId));
  const active: KeepRules = rules?.enabled === true ? rules : { keepLast: null, keepDays: null };
  const rows = await deps.db
    .select()
    .from(backups)
    .where(and(eq(backups.resourceId, resourceId), eq(backups.unit, unit), isNull(backups.removedReason)));
  for (const { id, keep, reason } of await judge(deps, rows, active)) {
    const row = keep ? undefined : rows.find((one) => one.id === id);
    if (row === undefined) continue;
    await expire(deps, row, reason.code).catch((error: unknown) =>
      deps.log.warn({ resourceId, unit, backupId: id, err: error }, "an old backup could not be removed"),
    );
  }
}

/** Removes one that no rule keeps, with an audit event that tells why. */
async function expire(deps: Deps, row: BackupRow, code: string): Promise<void> {
  await removeArchive(deps, { id: row.id, reason: code });
  await appendAudit(deps.db, {
    organizationId: row.organizationId,
    at: deps.now(),
    actor: { kind: "system", id: null, name: "retention" },
    address: null,
    requestId: null,
    action: `backups.expire ${code}`,
    target: { kind: "backup", id: row.id, name: row.filename },
    result: "ok",
    code: null,
  });
}
