import { Fault } from "../model/fault.ts";
import type { Host } from "./host.ts";
import { askServer, startOnServer } from "./server-job-call.ts";
import { feedJob } from "./server-job-feed.ts";
import { checkId, checkOwner, checkPath } from "./server-job-spec.ts";
import { streamJob } from "./server-job-stream.ts";
import type { ServerJobs, ServerJobView } from "./server-jobs.ts";

/** Server jobs on a machine, by one POSIX sh script that is sent to it with every call. */
export function createServerJobs(host: Host): ServerJobs {
  const jobs: ServerJobs = {
    start: async (spec) => (await startOnServer(host, spec, "detached")).view,
    stream: (spec, signal) => streamJob({ host, jobs, spec, signal }),
    feed: (spec, source, signal) => feedJob({ host, jobs, spec, signal }, source),
    poll: async (journals, ids, waitMs = 0) => {
      checkPath(journals);
      for (const id of ids) checkId(id);
      return ids.length === 0
        ? []
        : await askServer(host, ["poll", String(waitMs / 1000), ...ids], { journals });
    },
    list: async (journals, owner) => {
      checkPath(journals);
      checkOwner(owner);
      return await askServer(host, ["list"], { journals, owner });
    },
    cancel: async (journals, id, owner = "") => only(await act(host, ["cancel"], { journals, id, owner })),
    forget: async (journals, id, owner = "") => void (await act(host, ["forget"], { journals, id, owner })),
  };
  return jobs;
}

async function act(
  host: Host,
  words: readonly [string, ...string[]],
  variables: { readonly journals: string; readonly id: string; readonly owner: string },
): Promise<readonly ServerJobView[]> {
  checkPath(variables.journals);
  checkId(variables.id);
  if (variables.owner !== "") checkOwner(variables.owner);
  return await askServer(host, words, variables);
}

function only(views: readonly ServerJobView[]): ServerJobView {
  const [view] = views;
  if (view === undefined) throw new Fault("bug", "the server did not say what became of a server job");
  return view;
}
