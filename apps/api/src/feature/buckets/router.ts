import { router } from "../../trpc/init.ts";
import { operator, viewer } from "../../trpc/procedures.ts";
import { createBackup } from "../backups/create.ts";
import { CreatedBackups } from "../backups/view.ts";
import { pageOf } from "../page.ts";
import { browseBucket, listBuckets } from "./browse.ts";
import { BackupBuckets, Browse, BrowsedView, BucketView, ListBuckets } from "./view.ts";

const BASE = "/resources/{resourceId}/minio";

export const bucketsRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: `${BASE}/buckets`, tags: ["buckets"] } })
    .input(ListBuckets)
    .output(pageOf(BucketView))
    .query(({ ctx, input }) => listBuckets(ctx, input)),
  browse: viewer
    .meta({ openapi: { method: "GET", path: `${BASE}/browse`, tags: ["buckets"] } })
    .input(Browse)
    .output(BrowsedView)
    .query(({ ctx, input }) => browseBucket(ctx, input)),
  /** One backup of the buckets named, or of all there are when it runs. */
  backup: operator
    .meta({ openapi: { method: "POST", path: `${BASE}/backup`, tags: ["buckets"] }, status: 202, long: true })
    .input(BackupBuckets)
    .output(CreatedBackups)
    .mutation(({ ctx, input: { resourceId, buckets } }) =>
      createBackup(ctx, { resourceId, ...(buckets === "all" ? {} : { units: buckets }) }),
    ),
});
