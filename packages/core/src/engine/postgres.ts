import { randomBytes } from "node:crypto";
import type { Engine, Reach } from "./engine.ts";
import { detectPostgres } from "./postgres-detect.ts";
import { planDump } from "./postgres-dump.ts";
import { CUSTOM, identify, PLAIN, POSTGRES_ID, planCheck } from "./postgres-format.ts";
import { inspectServer } from "./postgres-inspect.ts";
import { planRestore } from "./postgres-restore.ts";
import { ask, lobbies, logIn } from "./postgres-session.ts";
import { literal } from "./postgres-sql.ts";
import { POSTGRES_PORT, type PostgresTarget, postgresConfig } from "./postgres-target.ts";

/** PostgreSQL by its own programs: `pg_dump` in a snapshot that is counted, `pg_restore` beside the target and a switch by rename. */
export const postgres: Engine<PostgresTarget> = {
  id: POSTGRES_ID,
  kind: "database",
  label: "PostgreSQL",
  capabilities: {
    unit: "database",
    combinesUnits: false,
    consistent: true,
    stagedRestore: true,
    atomicRestore: true,
    downtime: "sessions-end",
    keepsOld: true,
    selective: false,
    restoreNeedsContainer: false,
    restoreOptions: ["ownership", "rights", "roles"],
  },
  formats: [CUSTOM, PLAIN],
  defaultPort: POSTGRES_PORT,
  configSchema: postgresConfig,
  secretFields: ["password"],
  detect: detectPostgres,
  inspect: inspectServer,
  dump: planDump,
  identify,
  validate: planCheck,
  restore: planRestore,
  sweep,
};

/**
 * A session works on for a client that was killed, until it next writes to it. Asked under another tag: whoever cancels the job stops
 * everything that carries its own.
 */
async function sweep(reach: Reach<PostgresTarget>): Promise<void> {
  const apart = { ...reach, tag: randomBytes(16).toString("hex") };
  const { session, database } = await logIn(apart, lobbies(reach.target));
  const ours = `starts_with(application_name, ${literal(`cofre:${reach.tag}:`)}) and pid <> pg_backend_pid()`;
  const end = `do $$ begin perform pg_terminate_backend(pid) from pg_stat_activity where ${ours}; end $$`;
  await ask(session, [end], { database });
}
