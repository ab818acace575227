import { z } from "zod";
import { PageInput } from "../page.ts";

export const OfBuckets = z.object({ resourceId: z.string() });

/** Without a limit every bucket at once. */
export const ListBuckets = OfBuckets.extend(PageInput);
export type ListBuckets = z.infer<typeof ListBuckets>;

export const BucketView = z.object({
  name: z.string(),
  /** Null when it is too much to be counted while somebody waits. */
  objects: z.number().nullable(),
  size: z.number().nullable(),
  createdAt: z.string().nullable(),
});

export const Browse = OfBuckets.extend({
  bucket: z.string().min(1).max(255),
  prefix: z.string().max(1024).default(""),
  cursor: z.string().max(4096).optional(),
  /** Part of a key below the prefix, in any case. */
  search: z.string().max(200).optional(),
  limit: z.coerce.number<number>().int().min(1).max(1000).default(200),
});
export type Browse = z.infer<typeof Browse>;

export const BrowsedView = z.object({
  bucket: z.string(),
  prefix: z.string(),
  folders: z.array(z.object({ name: z.string(), prefix: z.string() })),
  objects: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      size: z.number(),
      /** By the name's ending; the object's own when it is read. */
      type: z.string(),
      modified: z.string(),
    }),
  ),
  /** Ask again with it for what follows; null at the end. A page of a search may be empty and have a next one. */
  nextCursor: z.string().nullable(),
});
export type BrowsedView = z.infer<typeof BrowsedView>;

export const BackupBuckets = OfBuckets.extend({
  buckets: z.union([z.literal("all"), z.array(z.string().min(1).max(255)).min(1).max(10_000)]),
});
export type BackupBuckets = z.infer<typeof BackupBuckets>;
