import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Where drizzle-kit writes migrations. */
export const MIGRATIONS = join(import.meta.dirname, "migrations");

const Journal = z.object({ entries: z.array(z.object({ tag: z.string() })) });

/** How many migrations this version brings. */
export async function ourMigrations(): Promise<number> {
  const journal = Journal.parse(JSON.parse(await readFile(join(MIGRATIONS, "meta/_journal.json"), "utf8")));
  return journal.entries.length;
}

interface Queryable {
  query(text: string): Promise<{ rows: unknown[] }>;
}

const Count = z.object({ count: z.coerce.number() });

/** How many migrations a database has seen; none in an empty one. */
export async function appliedMigrations(client: Queryable): Promise<number> {
  const { rows } = await client.query(
    "select to_regclass('drizzle.__drizzle_migrations') is not null as there",
  );
  const there = z.object({ there: z.boolean() }).parse(rows[0]).there;
  if (!there) return 0;
  const counted = await client.query("select count(*)::int as count from drizzle.__drizzle_migrations");
  return Count.parse(counted.rows[0]).count;
}
