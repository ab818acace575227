import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { infiniteQueryOptions, queryOptions } from "@tanstack/solid-query";

export type Bucket = RouterOutputs["buckets"]["list"]["items"][number];
export type Browsed = RouterOutputs["buckets"]["browse"];
export type BrowsedObject = Browsed["objects"][number];

/** A folder of a bucket, or what a search finds below it. */
export interface Place {
  readonly resourceId: string;
  readonly bucket: string;
  /** Empty, or a path that ends with a slash. */
  readonly prefix: string;
  readonly search: string;
}

export const bucketsQuery = (api: PanelApi, resourceId: string) =>
  queryOptions({
    queryKey: ["buckets", resourceId],
    queryFn: ({ signal }) => api.buckets.list.query({ resourceId }, { signal }),
    reconcile: "name",
  });

export const browseQuery = (api: PanelApi, { search, ...place }: Place) =>
  infiniteQueryOptions({
    queryKey: ["browse", place.resourceId, place.bucket, place.prefix, search],
    queryFn: ({ signal, pageParam }) =>
      api.buckets.browse.query(
        {
          ...place,
          ...(search === "" ? {} : { search }),
          ...(pageParam === null ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    reconcile: "key",
    // checked: the first page has no cursor, every later one has the last answer's
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
