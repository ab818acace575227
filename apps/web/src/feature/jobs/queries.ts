import type { PanelApi, RouterInputs, RouterOutputs } from "@cofre/sdk/panel";
import { infiniteQueryOptions, queryOptions } from "@tanstack/solid-query";

export type Job = RouterOutputs["jobs"]["get"];
export type JobFilter = Omit<NonNullable<RouterInputs["jobs"]["list"]>, "limit" | "cursor">;

const PAGE = 30;

export const jobsQuery = (api: PanelApi, filter: JobFilter) =>
  infiniteQueryOptions({
    queryKey: ["jobs", filter],
    queryFn: ({ signal, pageParam }) =>
      api.jobs.list.query(
        { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
        { signal },
      ),
    // checked: the first page has no cursor, every later one has the last answer's
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

export const jobQuery = (api: PanelApi, id: string) =>
  queryOptions({
    queryKey: ["job", id],
    queryFn: ({ signal }) => api.jobs.get.query({ id }, { signal }),
  });
