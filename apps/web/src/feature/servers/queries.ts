import type { PanelApi, RouterInputs, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";
import { everyPage } from "../../platform/every-page.ts";

export type Server = RouterOutputs["servers"]["get"];
export type HostKey = RouterOutputs["servers"]["hostKey"];
export type ServerTest = RouterOutputs["servers"]["test"];
export type ServerAuth = NonNullable<RouterInputs["servers"]["add"]["auth"]>;

export const serversQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["servers"],
    queryFn: ({ signal }) => everyPage((from) => api.servers.list.query(from, { signal })),
    refetchInterval: 60_000,
  });
