import { Fault } from "@cofre/core/model";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { fromBunSql } from "pg-boss";
import postgres from "postgres";
import type { Catalogue } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { appliedMigrations, MIGRATIONS, ourMigrations } from "./migrations-folder.ts";
import { schema } from "./schema.ts";

/** Any number that nobody else uses on the same database. */
const MIGRATION_LOCK = 5_223_110_427;

/**
 * Connects to a PostgreSQL of the user's own and brings it up to date, one process at a time.
 *
 * @throws Fault `target.unreachable` when it cannot be reached or refuses us; `state.conflict` when a newer Cofre has migrated it.
 */
export async function openRemote(url: string): Promise<Catalogue> {
  await migrateUnderLock(url);
  const client = postgres(url, { max: 10, onnotice: () => undefined, connect_timeout: 10 });
  const db: Database = drizzle({ client, schema });
  // The queue's library sends whole transactions as one text and binds arrays, which a pool of postgres.js takes no more than Bun's
  // does; both have the same two methods.
  const raw = fromBunSql({
    // checked: postgres.js serializes whatever the queue's own SQL binds
    unsafe: async (text, values) => await client.unsafe(text, values as postgres.ParameterOrJSON<never>[]),
    reserve: async () => {
      const one = await client.reserve();
      return {
        unsafe: async (text, values) => {
          try {
            // checked: as above
            return await one.unsafe(text, values as postgres.ParameterOrJSON<never>[]);
          } catch (error) {
            // The text began a transaction of its own. Left open, it would refuse whoever gets this connection from the pool next: two
            // processes that install the queue at the same moment are such a failure, and one that the library takes for none.
            await one.unsafe("rollback").catch(() => undefined); // a lost connection is rolled back by the server
            throw error;
          }
        },
        release: () => one.release(),
      };
    },
  });
  return {
    kind: "postgres",
    db,
    sql: { query: (text, values) => raw.executeSql(text, (values ?? []).map(written)) },
    close: () => client.end({ timeout: 5 }),
  };
}

/** Drizzle takes the writing of times over from postgres.js, also for statements that are not its own. */
function written(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

async function migrateUnderLock(url: string): Promise<void> {
  // A connection of its own: the lock belongs to its session.
  const client = postgres(url, { max: 1, onnotice: () => undefined, connect_timeout: 10 });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const applied = await appliedMigrations({ query: async (text) => ({ rows: await client.unsafe(text) }) });
    if (applied > (await ourMigrations())) {
      throw new Fault("state.conflict", "the database was migrated by a newer version of Cofre", {
        hint: "Start the newer version, or restore the database as it was before.",
      });
    }
    await migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS });
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw unusable(error);
  } finally {
    await client.end({ timeout: 5 });
  }
}

function unusable(cause: unknown): Fault {
  const message = `Cofre's own database (DATABASE_URL) could not be used: ${reasonOf(cause)}`;
  return new Fault("target.unreachable", message, {
    hint: "Check address, user, password and rights in DATABASE_URL.",
    cause,
  });
}

/** The server's own words, never the URL, which holds the password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown reason";
  const code = "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  return `${error.message}${code}`;
}
