import type { Logger } from "pino";
import type { Sessions } from "./auth/sessions.ts";
import type { SetupGate } from "./auth/setup-gate.ts";
import type { Config } from "./config.ts";
import type { Catalogue } from "./db/catalogue.ts";
import type { Database } from "./db/database.ts";
import type { JobChanges } from "./feature/jobs/changes.ts";
import type { Installation } from "./installation.ts";
import type { Limits } from "./limits/limits.ts";
import type { Reach } from "./reach/reach.ts";
import type { Sealer } from "./seal/seal.ts";
import type { JobQueue } from "./work/queue-contract.ts";

/** Everything the application is built from, made once in the composition root. */
export interface Deps {
  readonly config: Config;
  readonly catalogue: Catalogue;
  /** The catalogue's database, for the many that need nothing else of it. */
  readonly db: Database;
  readonly sealer: Sealer;
  readonly sessions: Sessions;
  readonly setup: SetupGate;
  readonly installation: Installation;
  readonly limits: Limits;
  readonly reach: Reach;
  readonly queue: JobQueue;
  readonly jobChanges: JobChanges;
  /** Whether this process, or another one that it can count on, takes jobs from the queue. */
  readonly isWorking: () => Promise<boolean>;
  /** The built panel; undefined serves the API alone. */
  readonly panelFolder: string | undefined;
  readonly log: Logger;
  readonly now: () => Date;
}
