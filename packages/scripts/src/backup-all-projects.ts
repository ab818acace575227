import { ApiError, type Project, type Resource } from "@cofre/sdk";
import { z } from "zod";
import { defineScript } from "./define-script.ts";
import { endingOf, PartlyFailed, UsageError } from "./ending.ts";
import { everyProject, resourcesOf } from "./find.ts";
import type { Tools } from "./tools.ts";

interface Outcome {
  readonly project: string;
  readonly resource: string;
  readonly ok: boolean;
  /** Its container is gone: there is nothing to back up. */
  readonly skipped: boolean;
  readonly error: string | null;
}

interface Found {
  readonly project: Project;
  readonly resource: Resource;
}

/** How many are asked for at a time. The server has its own limits; this keeps a large installation from meeting the rate limit. */
const LANES = 8;

await defineScript({
  name: "backup-all-projects",
  summary: "Backs up every resource of every project; one that fails does not stop the others.",
  usage: "[--project SLUG]…",
  flags: {
    project: { type: "string", multiple: true, help: "only this project; may be given several times" },
  },
  examples: ["backup-all-projects", "backup-all-projects --project loja --json"],
  args: z.object({
    words: z.array(z.string()).max(0, "backup-all-projects takes flags only"),
    project: z.array(z.string()).optional(),
  }),
  async run(tools, { project: slugs }) {
    const waiting = await resourcesIn(tools, slugs);
    const outcomes: (Outcome & { readonly thrown?: unknown })[] = [];
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (tools.signal.aborted) return;
        outcomes.push(await backUp(tools, next));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const failed = outcomes.filter((one) => one.thrown !== undefined);
    const done = outcomes.filter((one) => one.ok).length;
    tools.out.say(
      `${done} backed up, ${failed.length} failed, ${outcomes.length - done - failed.length} skipped`,
    );
    const result = { resources: outcomes.map(({ thrown: _thrown, ...outcome }) => outcome) };
    const missed = failed.length + waiting.length;
    if (missed === 0) return result;
    throw new PartlyFailed(`${missed} of ${outcomes.length + waiting.length} resources were not backed up`, {
      first: failed[0]?.thrown ?? tools.signal.reason,
      result,
    });
  },
});

/** A slug that is nobody's must not pass for a night's backup. */
async function resourcesIn({ cofre }: Tools, slugs: readonly string[] | undefined): Promise<Found[]> {
  const projects = await everyProject(cofre);
  const unknown = slugs?.filter((slug) => projects.every((project) => project.slug !== slug)) ?? [];
  if (unknown.length > 0) throw new UsageError(`no project is called ${unknown.join(", ")}`);
  const found: Found[] = [];
  for (const project of projects.filter((one) => slugs?.includes(one.slug) ?? true)) {
    for (const resource of await resourcesOf(cofre, project)) found.push({ project, resource });
  }
  return found;
}

async function backUp(
  { cofre, out, finish }: Tools,
  { project, resource }: Found,
): Promise<Outcome & { readonly thrown?: unknown }> {
  const names = { project: project.slug, resource: resource.name };
  const label = `${project.slug}/${resource.name}`;
  if (resource.status === "missing") {
    out.say(`${label}: skipped, its container is gone`);
    return { ...names, ok: false, skipped: true, error: null };
  }
  try {
    await finish(label, (await cofre.backups.create.mutate({ resourceId: resource.id })).job);
    out.say(`${label}: done`);
    return { ...names, ok: true, skipped: false, error: null };
  } catch (thrown) {
    const { message, hint } = endingOf(thrown);
    // A person reads this in cron's mail: which one, why, and what to do.
    if (!isCancelled(thrown))
      out.complain(`${label}: failed: ${message}${hint === null ? "" : ` (${hint})`}`);
    return { ...names, ok: false, skipped: false, error: message, thrown };
  }
}

function isCancelled(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === "job.cancelled";
}
