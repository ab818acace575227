import type { KeepVerdict } from "@cofre/core";
import { toFault } from "@cofre/core/model";
import { z } from "zod";
import { appendAudit } from "../../audit/append.ts";
import { requesterOf } from "../../auth/actor.ts";
import { and, eq, isNull } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { projects } from "../../db/schema/projects.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { removeArchive } from "../../work/claim-removal.ts";
import { judge } from "../../work/locks.ts";
import { absent } from "../absent.ts";
import { findResource } from "../resources/get.ts";
import { resourceNames, visible } from "../scope.ts";
import { sayVerdict } from "./keep-text.ts";
import type { BackupRow } from "./rows.ts";

export const CleanUp = z.object({
  /** How many backups of every unit stay. */
  keepLast: z.number().int().min(1).max(10_000),
  projectSlug: z.string().min(1).max(200).optional(),
  resourceId: z.string().optional(),
  /** Only says what would be removed. */
  dryRun: z.boolean().optional(),
});
export type CleanUp = z.infer<typeof CleanUp>;

export const CleanedUp = z.object({
  decisions: z.array(
    z.object({
      backupId: z.string(),
      resourceId: z.string(),
      resourceName: z.string(),
      unit: z.string(),
      filename: z.string().nullable(),
      keep: z.boolean(),
      reason: z.string(),
    }),
  ),
});
export type CleanedUp = z.infer<typeof CleanedUp>;

interface Decision {
  readonly keep: boolean;
  readonly reason: string;
}

/** Keeps the last N backups of every unit, and what retention never removes; removes the others, each with an audit event. */
export async function cleanUpBackups(ctx: ActorContext, input: CleanUp): Promise<CleanedUp> {
  const rows = await rowsIn(ctx, input);
  const verdicts = await judge(ctx.deps, rows, { keepLast: input.keepLast, keepDays: null });
  const names = await resourceNames(
    ctx.deps.db,
    rows.map((row) => row.resourceId),
  );
  const decisions: CleanedUp["decisions"] = [];
  for (const verdict of verdicts) {
    const row = rows.find((one) => one.id === verdict.id);
    if (row === undefined) continue;
    decisions.push({
      backupId: row.id,
      resourceId: row.resourceId,
      resourceName: names.get(row.resourceId) ?? row.resourceId,
      unit: row.unit,
      filename: row.filename,
      ...(await decide(ctx, row, { verdict, isDry: input.dryRun === true })),
    });
  }
  return { decisions };
}

async function rowsIn(
  ctx: ActorContext,
  { projectSlug, resourceId }: CleanUp,
): Promise<readonly BackupRow[]> {
  const { deps, actor } = ctx;
  const project = projectSlug === undefined ? undefined : await projectIdOf(ctx, projectSlug);
  const resource = resourceId === undefined ? undefined : (await findResource(ctx, resourceId)).id;
  return await deps.db
    .select()
    .from(backups)
    .where(
      and(
        visible.backups(actor),
        eq(backups.status, "completed"),
        // One that is being removed keeps nothing safe any more.
        isNull(backups.removedReason),
        project === undefined ? undefined : eq(backups.projectId, project),
        resource === undefined ? undefined : eq(backups.resourceId, resource),
      ),
    )
    .orderBy(backups.resourceId, backups.id);
}

async function projectIdOf({ deps, actor }: ActorContext, slug: string): Promise<string> {
  const [row] = await deps.db
    .select({ id: projects.id })
    .from(projects)
    .where(and(visible.projects(actor), eq(projects.slug, slug)));
  if (row === undefined) throw absent("project");
  return row.id;
}

interface Judged {
  readonly verdict: KeepVerdict;
  readonly isDry: boolean;
}

/** What is said is what was done: a backup that could not be removed is told as kept, with the reason. */
async function decide(ctx: ActorContext, row: BackupRow, { verdict, isDry }: Judged): Promise<Decision> {
  const reason = sayVerdict(verdict);
  if (verdict.keep || isDry) return { keep: verdict.keep, reason };
  const code = verdict.reason.code;
  try {
    await removeArchive(ctx.deps, { id: row.id, reason: code });
  } catch (error) {
    return { keep: true, reason: `it could not be removed: ${toFault(error).message}` };
  }
  await tell(ctx, row, code);
  return { keep: false, reason };
}

async function tell({ deps, actor, caller }: ActorContext, row: BackupRow, code: string): Promise<void> {
  await appendAudit(deps.db, {
    organizationId: row.organizationId,
    at: deps.now(),
    actor: requesterOf(actor),
    address: caller.address,
    requestId: caller.requestId,
    action: `backups.expire ${code}`,
    target: { kind: "backup", id: row.id, name: row.filename },
    result: "ok",
    code: null,
  });
}
