import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";
import { everyPage } from "../../platform/every-page.ts";

export type Resource = RouterOutputs["resources"]["get"];
export type EngineFacts = RouterOutputs["engines"]["list"]["items"][number];
export type WebConsole = RouterOutputs["resources"]["console"];
export type ConfigField = EngineFacts["config"][number];

const HOUR_MS = 3_600_000;
const LOG_LINES = 300;
const LOG_EVERY_MS = 3_000;

export const resourcesQuery = (api: PanelApi, projectId: string, removed = false) =>
  queryOptions({
    queryKey: ["resources", projectId, { removed }],
    queryFn: ({ signal }) =>
      everyPage((from) => api.resources.list.query({ ...from, projectId, removed }, { signal })),
    refetchInterval: 30_000,
  });

export const resourceQuery = (api: PanelApi, of: { projectId: string; id: string }) =>
  queryOptions({
    queryKey: ["resource", of.id],
    queryFn: ({ signal }) => api.resources.get.query(of, { signal }),
  });

/** Data about what each engine can do: it does not change while the server runs. */
export const enginesQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["engines"],
    queryFn: ({ signal }) => api.engines.list.query(undefined, { signal }),
    staleTime: HOUR_MS,
  });

/** Asked anew each time: a container that was made again may show it elsewhere. */
export const consoleQuery = (api: PanelApi, id: string) =>
  queryOptions({
    queryKey: ["console", id],
    queryFn: ({ signal }) => api.resources.console.query({ id }, { signal }),
    gcTime: 0,
  });

export const logsQuery = (api: PanelApi, of: { id: string; follows: boolean }) =>
  queryOptions({
    queryKey: ["logs", of.id],
    queryFn: ({ signal }) => api.resources.logs.query({ id: of.id, lines: LOG_LINES }, { signal }),
    refetchInterval: of.follows ? LOG_EVERY_MS : false,
    gcTime: 0,
  });
