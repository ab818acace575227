import { newId } from "../db/columns.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { backups } from "../db/schema/backups.ts";
import { encryptionChoices } from "../db/schema/encryption-choices.ts";
import { encryptionKeys } from "../db/schema/encryption-keys.ts";
import { jobs } from "../db/schema/jobs.ts";
import { projects } from "../db/schema/projects.ts";
import { resources } from "../db/schema/resources.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";

/** Ids of one of everything that a tenant can own. */
export interface Belongings {
  readonly projectId: string;
  readonly serverId: string;
  readonly storeId: string;
  readonly resourceId: string;
  readonly backupId: string;
  readonly jobId: string;
  readonly apiKeyId: string;
  readonly encryptionKeyId: string;
}

/** Rows of one of everything, on a server that nobody can reach (192.0.2.1 is for documentation, RFC 5737). */
export async function writeBelongings(deps: Pick<Deps, "db">, organizationId: string): Promise<Belongings> {
  const ids: Belongings = {
    projectId: newId(),
    serverId: newId(),
    storeId: newId(),
    resourceId: newId(),
    backupId: newId(),
    jobId: newId(),
    apiKeyId: newId(),
    encryptionKeyId: newId(),
  };
  const own = { ...deps, ids, organizationId };
  await writePlaces(own);
  await writeResource(own);
  await writeHistory(own);
  return ids;
}

interface Writing extends Pick<Deps, "db"> {
  readonly ids: Belongings;
  readonly organizationId: string;
}

async function writePlaces({ db, ids, organizationId }: Writing): Promise<void> {
  const slug = `loja-${ids.projectId}`;
  await db
    .insert(projects)
    .values({ id: ids.projectId, organizationId, name: "loja", slug, externalId: "ext-project" });
  await db.insert(servers).values({
    id: ids.serverId,
    organizationId,
    name: "paper",
    kind: "ssh",
    externalId: "ext-server",
    host: "192.0.2.1",
    port: 22,
    user: "nobody",
    hostKeyAlgorithm: "ssh-ed25519",
    hostKeyFingerprint: `SHA256:${"A".repeat(43)}`,
  });
  const place = { serverId: ids.serverId, root: "/opt/backups", isDefault: true };
  await db
    .insert(stores)
    .values({ id: ids.storeId, organizationId, name: "paper", kind: "directory", ...place });
}

async function writeResource({ db, ids, organizationId }: Writing): Promise<void> {
  await db.insert(resources).values({
    id: ids.resourceId,
    organizationId,
    projectId: ids.projectId,
    serverId: ids.serverId,
    engine: "postgres",
    name: "shop-db",
    slug: `shop-db-${ids.resourceId}`,
    externalId: "ext-resource",
    identity: `name=shop-db-${ids.resourceId}`,
    containerName: "shop-db",
    detected: true,
    status: "running",
    units: [{ name: "shop", sourceBytes: null }],
  });
}

async function writeHistory({ db, ids, organizationId }: Writing): Promise<void> {
  const common = { organizationId, projectId: ids.projectId, resourceId: ids.resourceId };
  await db.insert(backups).values({ ...completed(ids), ...common, storeId: ids.storeId });
  await db.insert(jobs).values({
    ...common,
    id: ids.jobId,
    serverId: ids.serverId,
    kind: "validate",
    status: "failed",
    finishedAt: new Date(),
    backupIds: [ids.backupId],
    request: { kind: "validate", backupId: ids.backupId, depth: "intact" },
    requestedBy: { kind: "system", id: null, name: "test" },
  });
  const key = { id: ids.apiKeyId, hash: ids.apiKeyId, start: "cofre_" };
  await db.insert(apiKeys).values({ ...key, organizationId, name: "a key", role: "viewer" });
  await writeEncryption(db, ids, organizationId);
}

/** Not a key that could encrypt: only its row is somebody's. */
async function writeEncryption(db: Deps["db"], ids: Belongings, organizationId: string): Promise<void> {
  const id = ids.encryptionKeyId;
  const values = { id, organizationId, name: "paper", fingerprint: id, algorithm: "ed25519", publicKey: id };
  await db.insert(encryptionKeys).values({ ...values, origin: "given", confirmedAt: new Date() });
  await db.insert(encryptionChoices).values({ organizationId, resourceId: ids.resourceId, keyIds: [] });
}

function completed({ backupId }: Belongings) {
  return {
    id: backupId,
    runId: newId(),
    origin: "manual" as const,
    status: "completed" as const,
    type: "database" as const,
    engine: "postgres",
    unit: "shop",
    units: [{ name: "shop", counts: { "public.orders": 3 } }],
    storeKey: `databases/loja/postgres/shop-db/${backupId}.dump.zst`,
    filename: `${backupId}.dump.zst`,
    sizeBytes: 1_000,
    sha256: "0".repeat(64),
    startedAt: new Date(Date.now() - 60_000),
    completedAt: new Date(),
  };
}
