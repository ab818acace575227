import { z } from "zod";

/** What every list takes. */
export const PageInput = {
  limit: z.number().int().min(1).max(200).optional(),
  cursor: z.string().max(200).optional(),
};

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export const DEFAULT_LIMIT = 50;

/** What every list answers. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Cuts a page from rows that were asked for with one more than the limit; the last row's id is the cursor of the next page. */
export function cutPage<Row extends { readonly id: string }>(rows: readonly Row[], limit: number): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? last.id : null };
}
