import { eq } from "../../db/orm.ts";
import { stores } from "../../db/schema/stores.ts";
import type { Deps } from "../../deps.ts";
import { toFaultView } from "../fault-view.ts";
import { isoRuns, scheduleOf, USUAL_AT } from "../schedules/rule.ts";
import type { SyncRow } from "./destination.ts";
import type { SyncView } from "./view.ts";

/** What the box shows before anybody saved it. */
export function noSyncYet(resourceId: string): SyncView {
  return {
    ...{ resourceId, enabled: false, buckets: "all", destination: null, deletions: "keep" },
    ...{ preset: "hourly", at: USUAL_AT, cron: null, timeZone: "UTC", nextRuns: [] },
    ...{ lastRunAt: null, report: null, updatedAt: null },
  };
}

export async function toSyncView(deps: Pick<Deps, "db" | "now">, row: SyncRow): Promise<SyncView> {
  const { resourceId, enabled, deletions, preset, at, cron, timeZone } = row;
  return {
    ...{ resourceId, enabled, deletions, preset, at, cron, timeZone },
    buckets: row.buckets === null ? "all" : [...row.buckets],
    destination: await destinationView(deps, row),
    nextRuns: enabled ? isoRuns(deps, scheduleOf(row)) : [],
    lastRunAt: row.lastRunAt?.toISOString() ?? null,
    report: reportView(row),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function reportView({ report, reportedAt, error }: SyncRow): SyncView["report"] {
  if (report === null || reportedAt === null) return null;
  return {
    ...report,
    differing: report.differing.map((one) => ({ ...one })),
    warnings: [...report.warnings],
    at: reportedAt.toISOString(),
    error: toFaultView(error),
  };
}

async function destinationView(
  { db }: Pick<Deps, "db">,
  { destination, storeId, prefix }: SyncRow,
): Promise<SyncView["destination"]> {
  const secretKey = { set: true as const };
  if (destination !== null) {
    const { mayBePrivate: _, ca, ...shown } = destination;
    return { ...shown, ca: ca ?? null, secretKey, prefix, storeId: null, storeName: null };
  }
  if (storeId === null) return null;
  const [store] = await db.select().from(stores).where(eq(stores.id, storeId));
  if (store === undefined || store.settings === null) return null;
  const { endpoint, region, accessKey, pathStyle, ca, bucket } = store.settings;
  const shown = { endpoint, region, accessKey, pathStyle, ca: ca ?? null, bucket };
  return { ...shown, secretKey, prefix, storeId, storeName: store.name };
}
