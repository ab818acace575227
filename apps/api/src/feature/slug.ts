import { slugify } from "@cofre/core";
import type { Database } from "../db/database.ts";
import type { PgColumn, PgTable } from "../db/orm.ts";
import { eq, like, or } from "../db/orm.ts";

/** The name's slug, with a number behind it when another row has it. The unique index decides in a race. */
export async function freeSlug(
  db: Database,
  name: string,
  { table, column }: { readonly table: PgTable; readonly column: PgColumn },
): Promise<string> {
  const slug = slugify(name);
  const rows = await db
    .select({ slug: column })
    .from(table)
    .where(or(eq(column, slug), like(column, `${slug}-%`)));
  const taken = new Set(rows.map((row) => row.slug));
  if (!taken.has(slug)) return slug;
  for (let number = 2; ; number += 1) {
    const candidate = `${slug}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
