import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";
import { everyPage } from "../../platform/every-page.ts";

export type Project = RouterOutputs["projects"]["list"]["items"][number];

export const projectsQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["projects"],
    queryFn: ({ signal }) => everyPage((from) => api.projects.list.query(from, { signal })),
  });
