import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { operator, viewer } from "../../trpc/procedures.ts";
import { pageOf } from "../page.ts";
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
    .query(() => later()),
  get: viewer
    .meta({ openapi: { method: "GET", path: `${BASE}/{id}`, tags: ["backups"] } })
    .input(OfBackup)
    .output(BackupView)
    .query(() => later()),
  create: operator
    .meta({ openapi: { method: "POST", path: BASE, tags: ["backups"] }, status: 202, long: true })
    .input(CreateBackup)
    .output(CreatedBackups)
    .mutation(() => later()),
  /** Pins or unpins it, and writes its note. */
  change: operator
    .input(ChangeBackup)
    .output(BackupView)
    .mutation(() => later()),
  remove: operator
    .meta({ openapi: { method: "DELETE", path: `${BASE}/{id}`, tags: ["backups"] }, status: 204 })
    .input(OfBackup)
    .output(z.void())
    .mutation(() => later()),
  validate: operator
    .meta({
      openapi: { method: "POST", path: `${BASE}/{id}/validate`, tags: ["backups"] },
      status: 202,
      long: true,
    })
    .input(ValidateBackup)
    .output(JobAnswer)
    .mutation(() => later()),
  restore: operator
    .meta({
      openapi: { method: "POST", path: `${BASE}/{id}/restore`, tags: ["backups"] },
      status: 202,
      long: true,
      budget: "restore",
    })
    .input(RestoreBackup)
    .output(RestoreAnswer)
    .mutation(() => later()),
  downloadLink: operator
    .meta({
      openapi: { method: "POST", path: `${BASE}/{id}/download-link`, tags: ["backups"] },
      status: 201,
      unrepeatable: true,
      budget: "download",
    })
    .input(OfBackup)
    .output(DownloadLink)
    .mutation(() => later()),
  /** Revokes every link of this backup, or one. */
  revokeLinks: operator
    .input(OfBackup.extend({ linkId: z.string().optional() }))
    .output(z.object({ revoked: z.number() }))
    .mutation(() => later()),
});
