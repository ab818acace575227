import { and, inArray, isNotNull, lt, or } from "../db/orm.ts";
import { downloadTokens } from "../db/schema/download-tokens.ts";
import { idempotencyKeys } from "../db/schema/idempotency-keys.ts";
import { jobs } from "../db/schema/jobs.ts";
import { sessions } from "../db/schema/sessions.ts";
import { verifications } from "../db/schema/verifications.ts";
import type { Deps } from "../deps.ts";
import { dropKeptOld } from "./kept-old.ts";
import type { Running } from "./running.ts";

const DAY_MS = 86_400_000;
/** A link that no longer opens anything stays this long, so that its list still says what became of it. */
const DEAD_LINK_MS = DAY_MS;
/** Jobs that nobody asked for and that made nothing. */
const OLD_SCAN_MS = 7 * DAY_MS;

type Cleaning = Pick<Deps, "db" | "now">;

/** Removes rows that only time ends: links, sessions, kept answers, and old scans. Whatever tells about a backup stays. */
export async function cleanUp({ db, now }: Cleaning): Promise<void> {
  const at = now();
  const ago = (ms: number) => new Date(at.getTime() - ms);
  await db
    .delete(downloadTokens)
    .where(
      or(lt(downloadTokens.expiresAt, ago(DEAD_LINK_MS)), lt(downloadTokens.revokedAt, ago(DEAD_LINK_MS))),
    );
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.expiresAt, at));
  await db.delete(sessions).where(lt(sessions.expiresAt, at));
  await db.delete(verifications).where(lt(verifications.expiresAt, at));
  await db
    .delete(jobs)
    .where(
      and(
        inArray(jobs.kind, ["scan", "cleanup"]),
        isNotNull(jobs.finishedAt),
        lt(jobs.finishedAt, ago(OLD_SCAN_MS)),
      ),
    );
}

/** Drops what one restore kept; asked for nothing in particular, cleans the catalogue. */
export async function doCleanup(running: Running): Promise<void> {
  const { request } = running.job;
  if (request.kind === "cleanup" && request.restoreJobId !== undefined) {
    await dropKeptOld(running, request.restoreJobId);
  } else {
    await cleanUp(running.deps);
  }
}
