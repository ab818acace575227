import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";

export type Project = RouterOutputs["projects"]["list"]["items"][number];

const MOST = 200;

export const projectsQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["projects"],
    queryFn: ({ signal }) => api.projects.list.query({ limit: MOST }, { signal }),
  });
