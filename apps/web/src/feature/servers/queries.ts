import type { PanelApi, RouterInputs, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";

export type Server = RouterOutputs["servers"]["get"];
export type HostKey = RouterOutputs["servers"]["hostKey"];
export type ServerTest = RouterOutputs["servers"]["test"];
export type ServerAuth = NonNullable<RouterInputs["servers"]["add"]["auth"]>;

const MOST = 200;

export const serversQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["servers"],
    queryFn: ({ signal }) => api.servers.list.query({ limit: MOST }, { signal }),
    refetchInterval: 60_000,
  });
