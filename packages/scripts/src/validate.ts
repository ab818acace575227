import { z } from "zod";
import { defineScript } from "./define-script.ts";
import { findBackups, findResource } from "./find.ts";

await defineScript({
  name: "validate",
  summary:
    "Reads a backup, or the latest of each database, to its last byte: its digest, its compression, and the dump's own structure.",
  usage: "<resource> <backup | latest>",
  flags: { depth: { type: "string", help: "intact (digest and compression) or readable (default)" } },
  examples: ["validate shop-db latest", "validate shop-db latest --depth intact --json"],
  args: z.object({
    words: z.tuple([z.string(), z.string()], { error: "name the resource and the backup, or latest" }),
    depth: z.enum(["intact", "readable"]).optional(),
  }),
  async run({ cofre, out, finish }, { words: [name, which], depth }) {
    const resource = await findResource(cofre, name);
    const backups = [];
    for (const { id, unit } of await findBackups(cofre, resource, which)) {
      const asked = { resourceId: resource.id, id };
      const { job } = await cofre.backups.validate.mutate({ ...asked, depth: depth ?? "readable" });
      await finish(`${resource.name}/${unit}`, job);
      const backup = await cofre.backups.get.query(asked);
      out.say(`${backup.filename ?? id} is ${backup.validation?.depth ?? "not validated"}`);
      backups.push(backup);
    }
    return { backups };
  },
});
