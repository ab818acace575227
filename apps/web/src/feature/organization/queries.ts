import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { infiniteQueryOptions, queryOptions } from "@tanstack/solid-query";

export type ApiKey = RouterOutputs["apiKeys"]["list"]["items"][number];
export type AuditEvent = RouterOutputs["audit"]["list"]["items"][number];

const MOST = 200;
const PAGE = 50;

export const apiKeysQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["api-keys"],
    queryFn: ({ signal }) => api.apiKeys.list.query({ limit: MOST }, { signal }),
  });

export const auditQuery = (api: PanelApi) =>
  infiniteQueryOptions({
    queryKey: ["audit"],
    queryFn: ({ signal, pageParam }) =>
      api.audit.list.query({ limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }, { signal }),
    // checked: the first page has no cursor, every later one has the last answer's
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
