import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { operator, viewer } from "../../trpc/procedures.ts";
import { pageOf } from "../page.ts";
import { changeBackup, removeBackup } from "./change.ts";
import { CleanedUp, CleanUp, cleanUpBackups } from "./cleanup.ts";
import { createBackup } from "./create.ts";
import { createDownloadLink, revokeLinks } from "./download-link.ts";
import { getBackup, listBackups } from "./get.ts";
import { restoreBackup } from "./restore.ts";
import { validateBackup } from "./validate.ts";
import {
  BackupView,
  ChangeBackup,
  CreateBackup,
  CreatedBackups,
  DownloadLink,
  JobAnswer,
  ListBackups,
  OfBackup,
  RestoreAnswer,
  RestoreBackup,
  ValidateBackup,
} from "./view.ts";

const BASE = "/resources/{resourceId}/backups";

export const backupsRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: BASE, tags: ["backups"] } })
    .input(ListBackups)
    .output(pageOf(BackupView))
    .query(({ ctx, input }) => listBackups(ctx, input)),
  get: viewer
    .meta({ openapi: { method: "GET", path: `${BASE}/{id}`, tags: ["backups"] } })
    .input(OfBackup)
    .output(BackupView)
    .query(({ ctx, input }) => getBackup(ctx, input)),
  create: operator
    .meta({ openapi: { method: "POST", path: BASE, tags: ["backups"] }, status: 202, long: true })
    .input(CreateBackup)
    .output(CreatedBackups)
    .mutation(({ ctx, input }) => createBackup(ctx, input)),
  /** Pins or unpins it, and writes its note. */
  change: operator
    .input(ChangeBackup)
    .output(BackupView)
    .mutation(({ ctx, input }) => changeBackup(ctx, input)),
  remove: operator
    .meta({ openapi: { method: "DELETE", path: `${BASE}/{id}`, tags: ["backups"] }, status: 204 })
    .input(OfBackup)
    .output(z.void())
    .mutation(({ ctx, input }) => removeBackup(ctx, input)),
  validate: operator
    .meta({
      openapi: { method: "POST", path: `${BASE}/{id}/validate`, tags: ["backups"] },
      status: 202,
      long: true,
    })
    .input(ValidateBackup)
    .output(JobAnswer)
    .mutation(({ ctx, input }) => validateBackup(ctx, input)),
  restore: operator
    .meta({
      openapi: { method: "POST", path: `${BASE}/{id}/restore`, tags: ["backups"] },
      status: 202,
      long: true,
      budget: "restore",
    })
    .input(RestoreBackup)
    .output(RestoreAnswer)
    .mutation(({ ctx, input }) => restoreBackup(ctx, input)),
  downloadLink: operator
    .meta({
      openapi: { method: "POST", path: `${BASE}/{id}/download-link`, tags: ["backups"] },
      status: 201,
      unrepeatable: true,
      budget: "download",
    })
    .input(OfBackup)
    .output(DownloadLink)
    .mutation(({ ctx, input }) => createDownloadLink(ctx, input)),
  /** Keeps the last N backups of every unit and removes older ones; safety rules hold as for a schedule. */
  cleanup: operator
    .input(CleanUp)
    .output(CleanedUp)
    .mutation(({ ctx, input }) => cleanUpBackups(ctx, input)),
  /** Revokes every link of this backup, or one. */
  revokeLinks: operator
    .input(OfBackup.extend({ linkId: z.string().optional() }))
    .output(z.object({ revoked: z.number() }))
    .mutation(({ ctx, input }) => revokeLinks(ctx, input)),
});
