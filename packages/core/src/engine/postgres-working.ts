import { ask, type LoggedIn } from "./postgres-session.ts";
import { literal } from "./postgres-sql.ts";

/**
 * Whether one of this job's own sessions is busy in the server: building an index moves no byte for as long as it takes. A session
 * that waits for a lock, or for its client, is not busy.
 */
export async function isServerWorking({ session, database }: LoggedIn): Promise<boolean> {
  const ours = literal(`cofre:${session.reach.tag}%`);
  const printed = await ask(
    session,
    [
      `select exists (select from pg_stat_activity where application_name like ${ours} and pid <> pg_backend_pid()
 and state = 'active' and coalesce(wait_event_type, '') not in ('Lock', 'Client'))`,
    ],
    { database },
  );
  return printed === "t";
}
