import { getMimeType } from "hono/utils/mime";
import type { z } from "zod";
import type { ActorContext } from "../../trpc/procedures.ts";
import type { Page } from "../page.ts";
import { askBuckets } from "./browser.ts";
import type { Browse, BrowsedView, BucketView, ListBuckets } from "./view.ts";

/** Only the buckets of the page are counted; one more is asked for to know whether there is a next page. */
export async function listBuckets(
  ctx: ActorContext,
  { resourceId, limit = Number.POSITIVE_INFINITY, cursor: after }: ListBuckets,
): Promise<Page<z.infer<typeof BucketView>>> {
  const buckets = await askBuckets(ctx, resourceId, (browser) =>
    browser.buckets({ after, limit: limit + 1 }),
  );
  const page = buckets.slice(0, limit);
  return {
    nextCursor: buckets.length > limit ? (page.at(-1)?.name ?? null) : null,
    items: page.map(({ name, objects, bytes, createdAt }) => ({
      ...{ name, objects, size: bytes },
      createdAt: createdAt?.toISOString() ?? null,
    })),
  };
}

/** One page of a folder, or of what a search finds below it. */
export async function browseBucket(ctx: ActorContext, input: Browse): Promise<BrowsedView> {
  const { resourceId, bucket, prefix, limit, cursor, search } = input;
  const page = await askBuckets(ctx, resourceId, (browser) =>
    browser.list({
      ...{ bucket, prefix, limit },
      ...(cursor === undefined ? {} : { cursor }),
      ...(search === undefined ? {} : { search }),
    }),
  );
  return {
    ...{ bucket, prefix, nextCursor: page.cursor },
    folders: page.folders.map((folder) => ({ name: folder.slice(prefix.length), prefix: folder })),
    objects: page.objects.map(({ key, bytes, modifiedAt }) => ({
      key,
      name: key.slice(prefix.length),
      size: bytes,
      type: getMimeType(key) ?? "application/octet-stream",
      modified: modifiedAt.toISOString(),
    })),
  };
}
