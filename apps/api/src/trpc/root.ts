import { apiKeysRouter } from "../feature/api-keys/router.ts";
import { auditRouter } from "../feature/audit/router.ts";
import { backupsRouter } from "../feature/backups/router.ts";
import { bucketsRouter } from "../feature/buckets/router.ts";
import { encryptionRouter } from "../feature/encryption/router.ts";
import { enginesRouter } from "../feature/engines/router.ts";
import { hooksRouter } from "../feature/hooks/router.ts";
import { jobsRouter } from "../feature/jobs/router.ts";
import { metricsRouter } from "../feature/metrics/router.ts";
import { projectsRouter } from "../feature/projects/router.ts";
import { resourcesRouter } from "../feature/resources/router.ts";
import { schedulesRouter } from "../feature/schedules/router.ts";
import { serversRouter } from "../feature/servers/router.ts";
import { sessionRouter } from "../feature/session/router.ts";
import { setupRouter } from "../feature/setup/router.ts";
import { copiesRouter } from "../feature/stores/copies-router.ts";
import { storesRouter } from "../feature/stores/router.ts";
import { syncRouter } from "../feature/sync/router.ts";
import { router } from "./init.ts";

/** Every procedure; REST is another door to the same ones. */
export const appRouter = router({
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  backups: backupsRouter,
  buckets: bucketsRouter,
  copies: copiesRouter,
  encryption: encryptionRouter,
  engines: enginesRouter,
  hooks: hooksRouter,
  jobs: jobsRouter,
  metrics: metricsRouter,
  projects: projectsRouter,
  resources: resourcesRouter,
  schedules: schedulesRouter,
  servers: serversRouter,
  session: sessionRouter,
  setup: setupRouter,
  stores: storesRouter,
  sync: syncRouter,
});
