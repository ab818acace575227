import { fromDrizzle, PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { Catalogue } from "../db/catalogue.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/orm.ts";

const QUEUE = "jobs";
/** Our job rows hold leases; a message of the queue only wakes a worker and is over at once. */
const MESSAGE_SECONDS = 60;

/** Wakes workers, in this process and in others on the same database. */
export interface Waker {
  /** Written in the caller's transaction: no job without its message, no message without its job. */
  wakeInside(tx: Database, jobId: string): Promise<void>;
  /** Calls back soon after a message was committed, by whichever process. */
  onWake(wake: () => void): Promise<void>;
  close(): Promise<void>;
}

/** The library's queue on the catalogue's own database. It keeps its tables in a schema of its own. */
export async function openWaker(catalogue: Catalogue, log: Logger): Promise<Waker> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => catalogue.sql.query(text, values) },
    backend: catalogue.kind === "embedded" ? "pglite" : "postgres",
    schema: "cofre_queue",
    schedule: false,
    // Nothing of ours is retried or expired by the library, so its upkeep need not run often.
    superviseIntervalSeconds: 300,
  });
  boss.on("error", (error) => log.error({ err: error }, "the queue's library failed"));
  await boss.start();
  await boss.createQueue(QUEUE, {
    retryLimit: 0,
    expireInSeconds: MESSAGE_SECONDS,
    deleteAfterSeconds: 3600,
  });
  return {
    async wakeInside(tx, jobId) {
      await boss.send(QUEUE, { jobId }, { db: fromDrizzle(tx, sql) });
    },
    async onWake(wake) {
      await boss.work(QUEUE, { pollingIntervalSeconds: 1, batchSize: 20 }, async () => wake());
    },
    close: () => boss.stop({ graceful: false }),
  };
}
