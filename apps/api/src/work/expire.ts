import { type KeepRules, type KeepVerdict, keep } from "@cofre/core";
import { and, eq, isNull } from "drizzle-orm";
import { appendAudit } from "../audit/append.ts";
import { backups } from "../db/schema/backups.ts";
import { schedules } from "../db/schema/schedules.ts";
import type { Deps } from "../deps.ts";
import { removeArchive } from "./delete.ts";
import { keepable } from "./keepable.ts";
import type { BackupRow } from "./rows.ts";
import type { Running } from "./running.ts";

/** Applies the resource's rules once a new backup is complete. A removal that fails is told and tried again after the next backup. */
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
  await removeExpired(deps, rows, active).catch((error: unknown) =>
    deps.log.warn({ resourceId, unit, err: error }, "old backups could not be removed"),
  );
}

/** Judges these backups and removes those that no rule keeps, each with an audit event that tells why. */
export async function removeExpired(
  deps: Deps,
  rows: readonly BackupRow[],
  rules: KeepRules,
): Promise<readonly KeepVerdict[]> {
  const verdicts = keep(rows.map(keepable), rules, deps.now());
  for (const verdict of verdicts) {
    const row = verdict.keep ? undefined : rows.find((one) => one.id === verdict.id);
    if (row === undefined) continue;
    await removeArchive(deps, row, verdict.reason.code);
    await appendAudit(deps.db, {
      organizationId: row.organizationId,
      at: deps.now(),
      actor: { kind: "system", id: null, name: "retention" },
      address: null,
      requestId: null,
      action: `backups.expire ${verdict.reason.code}`,
      target: { kind: "backup", id: row.id, name: row.filename },
      result: "ok",
      code: null,
    });
  }
  return verdicts;
}
