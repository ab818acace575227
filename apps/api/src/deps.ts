import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { Database } from "./db/database.ts";
import type { JobQueue } from "./work/queue-contract.ts";

/** Everything the application is built from, made once in the composition root. */
export interface Deps {
  readonly config: Config;
  readonly db: Database;
  readonly queue: JobQueue;
  readonly log: Logger;
  readonly now: () => Date;
}
