import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { infiniteQueryOptions } from "@tanstack/solid-query";

export type Backup = RouterOutputs["backups"]["get"];

const PAGE = 50;

export const backupsQuery = (api: PanelApi, resourceId: string) =>
  infiniteQueryOptions({
    queryKey: ["backups", resourceId],
    queryFn: ({ signal, pageParam }) =>
      api.backups.list.query(
        { resourceId, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
        { signal },
      ),
    // checked: the first page has no cursor, every later one has the last answer's
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
