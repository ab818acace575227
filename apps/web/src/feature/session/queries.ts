import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";

export type Me = NonNullable<RouterOutputs["session"]["me"]>;
export type Role = Me["role"];

const MINUTE_MS = 60_000;

export const meQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["me"],
    queryFn: ({ signal }) => api.session.me.query(undefined, { signal }),
    staleTime: MINUTE_MS,
  });

export const setupQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["setup"],
    queryFn: ({ signal }) => api.setup.state.query(undefined, { signal }),
  });
