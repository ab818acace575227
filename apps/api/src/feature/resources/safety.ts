import { type NewestBackup, type Safety, type SafetyFacts, safetyOf, safetySentences } from "@cofre/core";
import type { z } from "zod";
import type { Database } from "../../db/database.ts";
import { and, desc, eq, inArray, isNull, sql } from "../../db/orm.ts";
import { backupCopies } from "../../db/schema/backup-copies.ts";
import { backups } from "../../db/schema/backups.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { resources } from "../../db/schema/resources.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import { scheduleOf } from "../schedules/rule.ts";
import type { ScheduleRow } from "./rows.ts";
import type { SafetyView } from "./view.ts";

/** How long a proof is worth something. */
const PROOF_DAYS = 30;

interface Newest extends NewestBackup {
  readonly resourceId: string;
}

/** What the database knows of many resources' backups, read at once. */
export interface SafetyKnowledge {
  readonly newest: ReadonlyMap<string, readonly Newest[]>;
  readonly running: ReadonlySet<string>;
  readonly failures: ReadonlyMap<string, NonNullable<SafetyFacts["lastFailure"]>>;
}

export async function readSafety(db: Database, rows: readonly ResourceRow[]): Promise<SafetyKnowledge> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return { newest: new Map(), running: new Set(), failures: new Map() };
  const [newest, running, failures] = await Promise.all([
    newestBackups(db, ids),
    runningOf(db, ids),
    failuresOf(db, ids),
  ]);
  return { newest, running, failures };
}

const REGULAR = ["manual", "schedule"] as const;

/** A backup that is whole in its first place, or its verified copy, that rests elsewhere outlives the resource's own server. */
const RESTS_ELSEWHERE = sql<boolean>`((${stores.serverId} is distinct from ${resources.serverId} and ${backups.validation} ->> 'fault' is null) or exists (
 select from ${backupCopies} c join ${stores} s on s.id = c.store_id
 where c.backup_id = ${backups.id} and c.status = 'completed' and s.server_id is distinct from ${resources.serverId}))`;

/** The newest complete backup of every unit. Safety backups and uploads are no answer to "am I safe?". */
async function newestBackups(db: Database, ids: readonly string[]) {
  const rows = await db
    .selectDistinctOn([backups.resourceId, backups.unit], {
      resourceId: backups.resourceId,
      unit: backups.unit,
      startedAt: backups.startedAt,
      createdAt: backups.createdAt,
      bytes: backups.sizeBytes,
      validation: backups.validation,
      suspicion: backups.suspicion,
      acceptedAt: backups.acceptedAt,
      restsElsewhere: RESTS_ELSEWHERE,
    })
    .from(backups)
    .innerJoin(stores, eq(stores.id, backups.storeId))
    .innerJoin(resources, eq(resources.id, backups.resourceId))
    .where(
      and(
        inArray(backups.resourceId, [...ids]),
        eq(backups.status, "completed"),
        isNull(backups.removedReason),
        inArray(backups.origin, REGULAR),
        sql`(${backups.validation} is null or (${backups.validation} ->> 'ok')::boolean)`,
      ),
    )
    .orderBy(backups.resourceId, backups.unit, desc(backups.id));
  const newest = rows.map(({ resourceId, ...row }): Newest => {
    const { unit, validation } = row;
    const isProof = validation?.depth === "restorable" && validation.ok;
    return {
      ...{ resourceId, unit },
      at: row.startedAt ?? row.createdAt,
      bytes: row.bytes ?? 0,
      place: row.restsElsewhere ? "elsewhere" : "own-server",
      provenAt: isProof && validation !== null ? new Date(validation.at) : null,
      suspicion: row.acceptedAt === null ? row.suspicion : null,
    };
  });
  return Map.groupBy(newest, (one) => one.resourceId);
}

async function runningOf(db: Database, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ resourceId: jobs.resourceId })
    .from(jobs)
    .where(
      and(
        inArray(jobs.resourceId, [...ids]),
        eq(jobs.kind, "backup"),
        inArray(jobs.status, ["queued", "running"]),
      ),
    );
  return new Set(rows.flatMap((row) => row.resourceId ?? []));
}

async function failuresOf(db: Database, ids: readonly string[]) {
  const rows = await db
    .selectDistinctOn([jobs.resourceId], {
      resourceId: jobs.resourceId,
      at: jobs.finishedAt,
      error: jobs.error,
    })
    .from(jobs)
    .where(
      and(
        inArray(jobs.resourceId, [...ids]),
        eq(jobs.kind, "backup"),
        inArray(jobs.status, ["failed", "interrupted"]),
      ),
    )
    .orderBy(jobs.resourceId, desc(jobs.id));
  const failures = new Map<string, NonNullable<SafetyFacts["lastFailure"]>>();
  for (const { resourceId, at, error } of rows) {
    if (resourceId !== null && at !== null) failures.set(resourceId, { at, code: error?.code ?? "bug" });
  }
  return failures;
}

/** Stands for everything in one archive, where the engine combines units. */
const ANY_UNIT = "*";

export function judge(
  { newest, running, failures }: SafetyKnowledge,
  {
    row,
    schedule,
    now,
  }: { readonly row: ResourceRow; readonly schedule: ScheduleRow | undefined; readonly now: Date },
): Safety {
  const all = newest.get(row.id) ?? [];
  const there = row.units?.map((unit) => unit.name);
  const counts = (unit: string) => there === undefined || unit === ANY_UNIT || there.includes(unit);
  const covered = new Set(all.map((backup) => backup.unit));
  const facts: SafetyFacts = {
    status: row.status,
    newest: all.filter((backup) => counts(backup.unit)),
    unitsWithout: covered.has(ANY_UNIT) ? [] : (there ?? []).filter((unit) => !covered.has(unit)),
    schedule: schedule?.enabled === true ? { ...scheduleOf(schedule), since: schedule.updatedAt } : null,
    isRunning: running.has(row.id),
    lastFailure: failures.get(row.id) ?? null,
    proofDays: PROOF_DAYS,
  };
  return safetyOf(facts, now);
}

export function toSafetyView(safety: Safety, now: Date): z.infer<typeof SafetyView> {
  const values = Object.entries(safety.reason).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return {
    state: safety.state,
    ...safetySentences(safety, now),
    because: Object.fromEntries(values),
    step: safety.nextStep,
  };
}
