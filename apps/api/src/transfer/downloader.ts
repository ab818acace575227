import { Fault } from "@cofre/core/model";
import { appendAudit } from "../audit/append.ts";
import { type Actor, hasRole, requesterOf } from "../auth/actor.ts";
import { and, eq, isNull } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import type { Requester } from "../db/schema/jobs.ts";
import { absent } from "../feature/absent.ts";
import { visible } from "../feature/scope.ts";
import type { Context } from "../trpc/context.ts";
import { requireActor } from "../trpc/procedures.ts";
import type { BackupRow } from "../work/rows.ts";
import { findDownloadToken } from "./download-token.ts";

/** Somebody who may have this backup's bytes. */
export interface Downloader {
  readonly row: BackupRow;
  /** Whose download it is: with a link, whoever made the link. */
  readonly requester: Requester;
}

export interface Wanted {
  readonly resourceId: string;
  readonly backupId: string;
  readonly token: string | undefined;
}

const ACTION = "backups.download";

/**
 * Who is downloading what; draws from the budget of downloads. Every refusal is told to the audit.
 *
 * @throws Fault `auth.required`, `auth.forbidden`, `not.found`, `rate.limited`
 */
export async function findDownloader(ctx: Context, wanted: Wanted): Promise<Downloader> {
  const { limits } = ctx.deps;
  if (wanted.token !== undefined) {
    await limits.take("download", ctx.caller.address);
    return await byToken(ctx, { ...wanted, token: wanted.token });
  }
  const actor = requireActor(ctx);
  await limits.take("download", actor.id);
  return await byActor(ctx, actor, wanted);
}

async function byActor(ctx: Context, actor: Actor, { resourceId, backupId }: Wanted): Promise<Downloader> {
  const { db } = ctx.deps;
  const requester = requesterOf(actor);
  const refused = { organizationId: actor.organizationId, requester, backupId };
  if (!hasRole(actor, "operator")) {
    throw await told(ctx, refused, forbidden(actor));
  }
  const [row] = await db
    .select()
    .from(backups)
    .where(and(visible.backups(actor), eq(backups.id, backupId), eq(backups.resourceId, resourceId)));
  if (row === undefined) throw await told(ctx, refused, absent("backup"));
  return { row, requester };
}

function forbidden({ role }: Actor): Fault {
  return new Fault("auth.forbidden", `this needs the role operator, and this is ${role}`, {
    hint: "Ask an owner of the organization to do it, or for the role.",
    context: { needed: "operator", role },
  });
}

async function byToken(
  ctx: Context,
  { resourceId, backupId, token }: Wanted & { readonly token: string },
): Promise<Downloader> {
  const { db, now } = ctx.deps;
  const link = await findDownloadToken(db, { token, backupId, now: now() });
  const [row] = await db
    .select()
    .from(backups)
    .where(and(eq(backups.id, backupId), eq(backups.resourceId, resourceId), isNull(backups.removedReason)));
  if (row !== undefined && link?.organizationId === row.organizationId) {
    return { row, requester: link.createdBy };
  }
  const fault = new Fault(
    "not.found",
    "this link opens nothing: it has expired, was revoked or is not whole",
    {
      hint: "Make a new link; each works for an hour.",
    },
  );
  const organizationId = row?.organizationId ?? ctx.deps.installation.organizationId;
  throw await told(ctx, { organizationId, requester: NOBODY, backupId }, fault);
}

const NOBODY: Requester = { kind: "system", id: null, name: "nobody" };

interface Refused {
  readonly organizationId: string;
  readonly requester: Requester;
  readonly backupId: string;
}

async function told(
  ctx: Context,
  { organizationId, requester, backupId }: Refused,
  fault: Fault,
): Promise<Fault> {
  await appendAudit(ctx.deps.db, {
    organizationId,
    at: ctx.deps.now(),
    actor: requester,
    address: ctx.caller.address,
    requestId: ctx.caller.requestId,
    action: ACTION,
    target: { kind: "backups", id: backupId.slice(0, 100), name: null },
    result: "refused",
    code: fault.code,
  });
  return fault;
}

/** One event for each answer with bytes; a resumed download has several. */
export async function recordDownload(ctx: Context, { row, requester }: Downloader): Promise<void> {
  await appendAudit(ctx.deps.db, {
    organizationId: row.organizationId,
    at: ctx.deps.now(),
    actor: requester,
    address: ctx.caller.address,
    requestId: ctx.caller.requestId,
    action: ACTION,
    target: { kind: "backups", id: row.id, name: row.filename },
    result: "ok",
    code: null,
  });
}
