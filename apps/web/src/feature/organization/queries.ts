import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { infiniteQueryOptions, queryOptions } from "@tanstack/solid-query";
import { everyPage } from "../../platform/every-page.ts";

export type ApiKey = RouterOutputs["apiKeys"]["list"]["items"][number];
export type AuditEvent = RouterOutputs["audit"]["list"]["items"][number];

const PAGE = 50;

export const apiKeysQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["api-keys"],
    queryFn: ({ signal }) => everyPage((from) => api.apiKeys.list.query(from, { signal })),
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
