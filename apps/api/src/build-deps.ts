import type { Logger } from "pino";
import { type SessionParts, sessionsOf } from "./auth/sessions.ts";
import { newSetupGate, type SetupGate } from "./auth/setup-gate.ts";
import type { Config } from "./config.ts";
import type { Catalogue } from "./db/catalogue.ts";
import type { Deps } from "./deps.ts";
import { watchJobs } from "./feature/jobs/changes.ts";
import { loadInstallation } from "./installation.ts";
import { limitsOf } from "./limits/limits.ts";
import { createReach } from "./reach/pool.ts";
import { sealerOf } from "./seal/seal.ts";
import type { JobQueue } from "./work/queue-contract.ts";

export interface Parts {
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly masterKey: Buffer;
  readonly queue: JobQueue;
  readonly log: Logger;
  readonly now: () => Date;
  readonly isWorking: () => Promise<boolean>;
  readonly panelFolder: string | undefined;
  readonly setup?: SetupGate;
  /** Multiplies the rate limits; 1 unless told otherwise. */
  readonly limitScale?: number;
}

/** Everything the application needs, from an open catalogue. At the very first start this makes the installation's identity. */
export async function buildDeps(parts: Parts): Promise<Deps> {
  const { config, catalogue, queue, log, now, isWorking, panelFolder } = parts;
  const { db } = catalogue;
  const sealer = sealerOf(new Map([[1, parts.masterKey]]));
  const installation = await loadInstallation(db, sealer);
  const sessionParts: SessionParts = { db, config, secret: sealer.derive("session cookies") };
  return {
    config,
    catalogue,
    db,
    sealer,
    sessions: sessionsOf(sessionParts),
    setup: parts.setup ?? newSetupGate(),
    installation,
    limits: limitsOf(catalogue, parts.limitScale),
    reach: createReach({ db, sealer, owner: installation.id }),
    queue,
    jobChanges: watchJobs({ db, log }),
    isWorking,
    panelFolder,
    log,
    now,
  };
}
