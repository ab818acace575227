import { z } from "zod";
import { defineScript } from "./define-script.ts";
import { UsageError } from "./ending.ts";
import { findBackup, findResource } from "./find.ts";
import { bytesText } from "./output.ts";

await defineScript({
  name: "restore",
  summary: "Restores a backup: validates it, makes a safety backup of what is there now, and replaces it.",
  usage: "<resource> <backup | latest> --yes",
  flags: {
    yes: { type: "boolean", help: "do it; without this the command only says what it would do" },
    into: { type: "string", help: "restore into this other resource" },
    unit: { type: "string", help: "give the restored database or path this name" },
    "no-safety-backup": { type: "boolean", help: "do not back up what is there now" },
  },
  examples: [
    "restore shop-db latest --yes",
    "restore shop-db latest --into staging-db --unit shop_test --yes",
  ],
  args: z.object({
    words: z.tuple([z.string(), z.string()], { error: "name the resource and the backup, or latest" }),
    yes: z.boolean().optional(),
    into: z.string().optional(),
    unit: z.string().optional(),
    "no-safety-backup": z.boolean().optional(),
  }),
  async run({ cofre, out, signal }, { words: [name, which], yes, into, unit, ...flags }) {
    const resource = await findResource(cofre, name);
    const backup = await findBackup(cofre, resource, which);
    const target = into === undefined ? resource : await findResource(cofre, into);
    const what = `${unit ?? backup.unit} in ${target.name} by the backup of ${backup.createdAt} (${bytesText(backup.size ?? 0)})`;
    if (yes !== true) throw new UsageError(`this would replace ${what}; add --yes to do it`);
    out.say(`replacing ${what}`);
    const { job, safetyBackupId } = await cofre.backups.restore.mutate({
      resourceId: resource.id,
      id: backup.id,
      safetyBackup: flags["no-safety-backup"] !== true,
      destination: { resourceId: target.id, ...(unit === undefined ? {} : { unit }) },
    });
    const ended = await cofre.wait(job.id, { signal, onStep: (step) => out.step(target.name, step) });
    if (safetyBackupId !== null) out.say(`what was there before is in backup ${safetyBackupId}`);
    return { job: ended, safetyBackupId };
  },
});
