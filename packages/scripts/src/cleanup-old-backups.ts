import { z } from "zod";
import { defineScript } from "./define-script.ts";

const Count = z.coerce
  .number<string>({ error: "say how many backups to keep, as a number" })
  .int()
  .min(1)
  .max(10_000);

await defineScript({
  name: "cleanup-old-backups",
  summary: "Keeps the last N backups of every database, bucket and path, and removes older ones.",
  usage: "<N> [--project SLUG] [--dry-run]",
  flags: {
    project: { type: "string", help: "only this project" },
    "dry-run": { type: "boolean", help: "remove nothing, only say what would be removed and why" },
  },
  examples: ["cleanup-old-backups 7", "cleanup-old-backups 7 --dry-run"],
  args: z.object({
    words: z.tuple([Count], { error: "say how many backups to keep, as a number" }),
    project: z.string().optional(),
    "dry-run": z.boolean().optional(),
  }),
  async run({ cofre, out }, { words: [keepLast], project, ...flags }) {
    const dryRun = flags["dry-run"] === true;
    const { decisions } = await cofre.backups.cleanup.mutate({
      keepLast,
      dryRun,
      ...(project === undefined ? {} : { projectSlug: project }),
    });
    const removed = decisions.filter((one) => !one.keep);
    const verb = dryRun ? "would remove" : "removed";
    for (const one of removed)
      out.say(`${verb} ${one.resourceName} ${one.filename ?? one.backupId}: ${one.reason}`);
    out.say(
      `${decisions.length - removed.length} kept, ${removed.length} ${dryRun ? "would be removed" : "removed"}`,
    );
    return { decisions };
  },
});
