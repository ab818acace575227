import { Gauge, Registry } from "prom-client";
import { and, asc, isNull, sql } from "../../db/orm.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { resources } from "../../db/schema/resources.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { listProjects } from "../projects/get.ts";
import { selectFigures } from "../projects/rows.ts";
import { selectSchedules } from "../resources/rows.ts";
import { judge, readSafety } from "../resources/safety.ts";
import { visible } from "../scope.ts";

type Asked = ActorContext;

/** The figures of what the caller may see, in Prometheus' format. Computed when asked: the catalogue is the truth, a counter in a process is not. */
export async function exposition(ctx: Asked): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry();
  await addProjects(ctx, registry);
  await addResources(ctx, registry);
  await addJobs(ctx, registry);
  return { type: registry.contentType, text: await registry.metrics() };
}

function gauge(registry: Registry, name: string, { help, labels }: { help: string; labels: string[] }) {
  return new Gauge({ name: `cofre_${name}`, help, labelNames: labels, registers: [registry] });
}

async function addProjects(ctx: Asked, registry: Registry): Promise<void> {
  const labels = ["project", "project_slug"];
  const backups = gauge(registry, "project_backups", { help: "Complete backups that are kept", labels });
  const bytes = gauge(registry, "project_stored_bytes", { help: "Bytes of all kept archives", labels });
  const last = gauge(registry, "project_last_backup_timestamp_seconds", {
    help: "End of the newest complete backup",
    labels,
  });
  const rate = gauge(registry, "project_success_ratio", {
    help: "Share of the last 30 days' backups that completed",
    labels,
  });
  const duration = gauge(registry, "project_backup_duration_seconds", {
    help: "Mean duration of the last 30 days' backups",
    labels,
  });
  const held = gauge(registry, "project_resources", { help: "Resources of the project", labels });
  const figures = await selectFigures(ctx.deps.db, ctx.actor);
  for (const project of (await listProjects(ctx, { limit: 200 })).items) {
    const of = { project: project.id, project_slug: project.slug };
    backups.set(of, project.backupCount);
    bytes.set(of, project.storedBytes);
    held.set(of, project.resourceCount);
    const known = figures.get(project.id);
    if (known?.lastBackupAt) last.set(of, known.lastBackupAt.getTime() / 1000);
    if (project.successRate !== null) rate.set(of, project.successRate);
    if (project.averageDurationMs !== null) duration.set(of, project.averageDurationMs / 1000);
  }
}

async function addResources({ deps, actor }: Asked, registry: Registry): Promise<void> {
  const labels = ["resource", "resource_slug", "type", "project"];
  const safety = gauge(registry, "resource_safety", {
    help: "1 for the state of safety that the resource is in",
    labels: [...labels, "state"],
  });
  const rows = await deps.db
    .select()
    .from(resources)
    .where(and(visible.resources(actor), isNull(resources.removedAt)))
    .orderBy(asc(resources.id))
    .limit(5_000);
  const known = await readSafety(deps.db, rows);
  const schedules = await selectSchedules(
    deps.db,
    rows.map((row) => row.id),
  );
  for (const row of rows) {
    const { state } = judge(known, { row, schedule: schedules.get(row.id), now: deps.now() });
    safety.set(
      { resource: row.id, resource_slug: row.slug, type: row.engine, project: row.projectId, state },
      1,
    );
  }
}

async function addJobs({ deps, actor }: Asked, registry: Registry): Promise<void> {
  const open = gauge(registry, "jobs", {
    help: "Jobs of the last day, by kind and status",
    labels: ["kind", "status"],
  });
  const rows = await deps.db
    .select({ kind: jobs.kind, status: jobs.status, number: sql<number>`count(*)`.mapWith(Number) })
    .from(jobs)
    .where(and(visible.jobs(actor), sql`${jobs.createdAt} > now() - interval '1 day'`))
    .groupBy(jobs.kind, jobs.status);
  for (const { kind, status, number } of rows) open.set({ kind, status }, number);
}
