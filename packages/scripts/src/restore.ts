import type { Backup, Cofre } from "@cofre/sdk";
import { z } from "zod";
import { defineScript } from "./define-script.ts";
import { UsageError } from "./ending.ts";
import { findBackup, findResource } from "./find.ts";
import { bytesText } from "./output.ts";

await defineScript({
  name: "restore",
  summary: "Restores a backup: validates it, makes a safety backup of what is there now, and replaces it.",
  usage: "<resource> <backup | latest> [--unit NAME] --yes",
  flags: {
    yes: { type: "boolean", help: "do it; without this the command only says what it would do" },
    into: { type: "string", help: "restore into this other resource" },
    unit: { type: "string", help: "which database or path, where latest could be several" },
    as: { type: "string", help: "give the restored database this name" },
    "no-safety-backup": { type: "boolean", help: "do not back up what is there now" },
    "no-owner": {
      type: "boolean",
      help: "all belongs to the resource's own user, not to the owners in the backup",
    },
    "no-rights": { type: "boolean", help: "leave out what others were granted" },
    "no-roles": { type: "boolean", help: "do not make missing users and groups as they were" },
  },
  examples: [
    "restore shop-db latest --unit shop --yes",
    "restore shop-db latest --unit shop --into staging-db --as shop_test --yes",
  ],
  args: z.object({
    words: z.tuple([z.string(), z.string()], { error: "name the resource and the backup, or latest" }),
    yes: z.boolean().optional(),
    into: z.string().optional(),
    unit: z.string().optional(),
    as: z.string().optional(),
    "no-safety-backup": z.boolean().optional(),
    "no-owner": z.boolean().optional(),
    "no-rights": z.boolean().optional(),
    "no-roles": z.boolean().optional(),
  }),
  async run({ cofre, out, finish }, { words: [name, word], yes, into, unit, as, ...flags }) {
    const resource = await findResource(cofre, name);
    const backup = await findBackup(cofre, resource, { word, unit });
    const target = into === undefined ? resource : await findResource(cofre, into);
    const what = `${as ?? backup.unit} in ${target.name} by the backup of ${backup.createdAt} (${bytesText(backup.size ?? 0)})`;
    const doubt = doubtOf(backup);
    if (doubt !== null) out.warn(doubt);
    if (yes !== true) throw new UsageError(`this would replace ${what}; add --yes to do it`);
    out.say(`replacing ${what}`);
    const { job, safetyBackupId } = await cofre.backups.restore.mutate({
      resourceId: resource.id,
      id: backup.id,
      safetyBackup: flags["no-safety-backup"] !== true,
      ownership: flags["no-owner"] !== true,
      rights: flags["no-rights"] !== true,
      roles: flags["no-roles"] !== true,
      destination: { resourceId: target.id, ...(as === undefined ? {} : { unit: as }) },
    });
    const ended = await finish(target.name, job);
    for (const warning of ended.warnings) out.warn(warning);
    const kept = await takenOf(cofre, { resourceId: target.id, id: safetyBackupId });
    if (kept !== null) out.say(`what was there before is in backup ${kept}`);
    return { job: ended, safetyBackupId: kept };
  },
});

/** The safety backup, where there was something to be taken. */
async function takenOf(
  cofre: Cofre,
  { resourceId, id }: { readonly resourceId: string; readonly id: string | null },
): Promise<string | null> {
  if (id === null) return null;
  const { status } = await cofre.backups.get.query({ resourceId, id });
  return status === "completed" ? id : null;
}

/** What a person should know before this backup replaces anything. */
function doubtOf({ suspicion, acceptedAt, validation }: Backup): string | null {
  if (validation?.ok === false) return `careful: this backup failed its validation of ${validation.at}`;
  if (suspicion !== null && acceptedAt === null)
    return `careful: this backup looks wrong (${suspicion.code})`;
  return null;
}
