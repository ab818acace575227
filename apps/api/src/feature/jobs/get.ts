import type { ActorContext } from "../../trpc/procedures.ts";
import type { JobRow } from "../../work/queue-contract.ts";
import { absent } from "../absent.ts";
import { resourceNames } from "../scope.ts";
import { selectJob } from "./rows.ts";
import { toJobView } from "./to-view.ts";
import type { JobView } from "./view.ts";

type Asked = Pick<ActorContext, "deps" | "actor">;

/** @throws Fault `not.found` */
export async function findJob({ deps, actor }: Asked, id: string): Promise<JobRow> {
  const row = await selectJob(deps.db, actor, id);
  if (row === undefined) throw absent("job");
  return row;
}

export async function getJob(asked: Asked, { id }: { readonly id: string }): Promise<JobView> {
  return await viewJob(asked, await findJob(asked, id));
}

export async function viewJob({ deps }: Pick<Asked, "deps">, row: JobRow): Promise<JobView> {
  const [view] = await viewJobs({ deps }, [row]);
  if (view === undefined) throw absent("job");
  return view;
}

export async function viewJobs({ deps }: Pick<Asked, "deps">, rows: readonly JobRow[]): Promise<JobView[]> {
  const names = await resourceNames(
    deps.db,
    rows.map((row) => row.resourceId),
  );
  return rows.map((row) =>
    toJobView(row, row.resourceId === null ? null : (names.get(row.resourceId) ?? null)),
  );
}
