import { z } from "zod";
import { defineScript } from "./define-script.ts";
import { findResource } from "./find.ts";
import { bytesText } from "./output.ts";

await defineScript({
  name: "backup",
  summary: "Backs up a resource, everything in it unless told otherwise, and waits for the end.",
  usage: "<resource> [--unit NAME]…",
  flags: {
    unit: { type: "string", multiple: true, help: "only this database or path; may be given several times" },
    compression: { type: "string", help: "zstd (default), gzip or none" },
    format: { type: "string", help: "one of the engine's dump formats" },
    note: { type: "string", help: "a remark to keep with the backup" },
  },
  examples: ["backup shop-db", "backup default/shop-db --unit shop --note 'before the migration'"],
  args: z.object({
    words: z.tuple([z.string()], { error: "name exactly one resource" }),
    unit: z.array(z.string()).optional(),
    compression: z.enum(["zstd", "gzip", "none"]).optional(),
    format: z.string().optional(),
    note: z.string().optional(),
  }),
  async run({ cofre, out, finish }, { words: [name], unit, ...options }) {
    const resource = await findResource(cofre, name);
    const { job } = await cofre.backups.create.mutate({
      resourceId: resource.id,
      ...options,
      ...(unit === undefined ? {} : { units: unit }),
    });
    const { backupIds } = await finish(resource.name, job);
    const ids = backupIds.map((id) => cofre.backups.get.query({ resourceId: resource.id, id }));
    const backups = await Promise.all(ids);
    for (const backup of backups)
      out.say(`${backup.unit}: ${bytesText(backup.size ?? 0)} in ${backup.filepath ?? ""}`);
    return { backups };
  },
});
