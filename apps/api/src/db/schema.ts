import { accounts } from "./schema/accounts.ts";
import { apiKeys } from "./schema/api-keys.ts";
import { auditEvents } from "./schema/audit-events.ts";
import { backupCopies } from "./schema/backup-copies.ts";
import { backups } from "./schema/backups.ts";
import { bucketSyncs } from "./schema/bucket-syncs.ts";
import { downloadTokens } from "./schema/download-tokens.ts";
import { encryptionChoices } from "./schema/encryption-choices.ts";
import { encryptionKeys } from "./schema/encryption-keys.ts";
import { idempotencyKeys } from "./schema/idempotency-keys.ts";
import { installation } from "./schema/installation.ts";
import { jobs } from "./schema/jobs.ts";
import { memberships } from "./schema/memberships.ts";
import { organizations } from "./schema/organizations.ts";
import { projects } from "./schema/projects.ts";
import { rateLimits } from "./schema/rate-limits.ts";
import { resourceHooks } from "./schema/resource-hooks.ts";
import { resourceLocks } from "./schema/resource-locks.ts";
import { resources } from "./schema/resources.ts";
import { schedules } from "./schema/schedules.ts";
import { servers } from "./schema/servers.ts";
import { sessions } from "./schema/sessions.ts";
import { storeChoices } from "./schema/store-choices.ts";
import { stores } from "./schema/stores.ts";
import { users } from "./schema/users.ts";
import { verifications } from "./schema/verifications.ts";

/** Every table of the catalogue. */
export const schema = {
  accounts,
  apiKeys,
  auditEvents,
  backupCopies,
  backups,
  bucketSyncs,
  downloadTokens,
  encryptionChoices,
  encryptionKeys,
  idempotencyKeys,
  installation,
  jobs,
  memberships,
  organizations,
  projects,
  rateLimits,
  resourceHooks,
  resourceLocks,
  resources,
  schedules,
  servers,
  sessions,
  storeChoices,
  stores,
  users,
  verifications,
};
