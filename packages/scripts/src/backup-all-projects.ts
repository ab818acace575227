import type { Cofre, Project, Resource } from "@cofre/sdk";
import { z } from "zod";
import { defineScript } from "./define-script.ts";
import { endingOf, PartlyFailed } from "./ending.ts";
import { everyProject, resourcesOf } from "./find.ts";
import type { Output } from "./output.ts";

interface Outcome {
  readonly project: string;
  readonly resource: string;
  readonly ok: boolean;
  readonly error: string | null;
}

interface Tools {
  readonly cofre: Cofre;
  readonly out: Output;
  readonly signal: AbortSignal;
}

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
    const projects = (await everyProject(tools.cofre)).filter((one) => slugs?.includes(one.slug) ?? true);
    const started = [];
    for (const project of projects) {
      for (const resource of await resourcesOf(tools.cofre, project)) {
        if (resource.status !== "missing") started.push(backUp(tools, project, resource));
      }
    }
    const outcomes = await Promise.all(started);
    const failed = outcomes.filter((one) => one.thrown !== undefined);
    const shown: readonly Outcome[] = outcomes.map(({ thrown: _thrown, ...outcome }) => outcome);
    tools.out.say(`${outcomes.length - failed.length} backed up, ${failed.length} failed`);
    const [first] = failed;
    if (first !== undefined)
      throw new PartlyFailed(`${failed.length} of ${outcomes.length} resources failed`, first.thrown);
    return { resources: shown };
  },
});

/** The server limits how many run at once; here they are only asked for and awaited. */
async function backUp(
  { cofre, out, signal }: Tools,
  project: Project,
  resource: Resource,
): Promise<Outcome & { readonly thrown?: unknown }> {
  const names = { project: project.slug, resource: resource.name };
  try {
    const { job } = await cofre.backups.create.mutate({ resourceId: resource.id });
    await cofre.wait(job.id, { signal });
    out.say(`${project.slug}/${resource.name}: done`);
    return { ...names, ok: true, error: null };
  } catch (thrown) {
    const { message, hint } = endingOf(thrown);
    out.say(`${project.slug}/${resource.name}: failed: ${message}${hint === null ? "" : ` (${hint})`}`);
    return { ...names, ok: false, error: message, thrown };
  }
}
