import { Fault } from "@cofre/core/model";
import type { JobRow } from "../work/queue-contract.ts";

/** Another job has the resource, or uses the backup, and this cannot wait for it. */
export function busyWith(job: Pick<JobRow, "id" | "kind">, what: "resource" | "backup" = "resource"): Fault {
  return new Fault("resource.busy", `a ${job.kind} of this ${what} is under way: job ${job.id}`, {
    hint: "Wait for that job's end, or cancel it.",
    context: { jobId: job.id, jobKind: job.kind },
  });
}
