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

/** The archive is damaged where it was made, and whole in another place: it restores, but there is one place less than it seems. */
export function isOnlyInCopy({ validation }: Backup): boolean {
  return validation?.ok === true && validation.error !== null;
}
