import type { Role } from "../db/schema/memberships.ts";
import type { Belongings } from "./paper.ts";

/** What another tenant gets. */
type Expected =
  /** Exactly "not found", as for an id that never was. */
  | "absent"
  /** An answer in which nothing of the other tenant is. */
  | "own"
  /** It is about the caller alone, or about nobody. */
  | "nobody"
  /** Its own past words, ids that it asked for in vain among them. */
  | "echo";

interface Row {
  readonly expected: Expected;
  /** The least role that may call it; absent for everybody. */
  readonly role?: Role;
  readonly input?: (theirs: Belongings) => unknown;
}

const none = () => ({});
const auth = { password: "x" };
const hostKey = { algorithm: "ssh-ed25519", fingerprint: `SHA256:${"A".repeat(43)}` };
const newServer = { name: "n", host: "192.0.2.1", user: "u", auth, hostKey, test: false };
const ofBackup = ({ resourceId, backupId }: Belongings) => ({ resourceId, id: backupId });
const ofResource = ({ projectId, resourceId }: Belongings) => ({ projectId, id: resourceId });
const when = { enabled: true, preset: "daily", at: "03:00", timeZone: "UTC", keepLast: 7 };

/** One row for every procedure. A new one without a row fails the suite: decide what a stranger gets before anybody can ask. */
export const MATRIX: Readonly<Record<string, Row>> = {
  "apiKeys.list": { expected: "own", role: "admin", input: none },
  "apiKeys.create": {
    expected: "absent",
    role: "admin",
    input: ({ projectId }) => ({ name: "n", projectId }),
  },
  "apiKeys.revoke": { expected: "absent", role: "admin", input: ({ apiKeyId }) => ({ id: apiKeyId }) },
  "audit.list": { expected: "echo", role: "admin", input: none },
  "audit.check": { expected: "own", role: "admin" },
  "backups.list": { expected: "absent", role: "viewer", input: ({ resourceId }) => ({ resourceId }) },
  "backups.get": { expected: "absent", role: "viewer", input: ofBackup },
  "backups.cleanup": {
    expected: "absent",
    role: "operator",
    input: ({ resourceId }) => ({ keepLast: 7, resourceId }),
  },
  "backups.create": { expected: "absent", role: "operator", input: ({ resourceId }) => ({ resourceId }) },
  "backups.change": {
    expected: "absent",
    role: "operator",
    input: (t) => ({ ...ofBackup(t), pinned: true }),
  },
  "backups.remove": { expected: "absent", role: "operator", input: ofBackup },
  "backups.validate": { expected: "absent", role: "operator", input: ofBackup },
  "backups.restore": { expected: "absent", role: "operator", input: ofBackup },
  "backups.downloadLink": { expected: "absent", role: "operator", input: ofBackup },
  "backups.revokeLinks": { expected: "absent", role: "operator", input: ofBackup },
  "encryption.list": { expected: "own", role: "viewer", input: none },
  "encryption.get": {
    expected: "absent",
    role: "viewer",
    input: ({ encryptionKeyId }) => ({ id: encryptionKeyId }),
  },
  "encryption.create": {
    expected: "absent",
    role: "admin",
    input: ({ encryptionKeyId }) => ({ name: "n", replaces: encryptionKeyId }),
  },
  "encryption.remove": {
    expected: "absent",
    role: "admin",
    input: ({ encryptionKeyId }) => ({ id: encryptionKeyId }),
  },
  "encryption.recoveryKit": {
    expected: "absent",
    role: "owner",
    input: ({ encryptionKeyId }) => ({ id: encryptionKeyId }),
  },
  "encryption.confirmKit": {
    expected: "absent",
    role: "owner",
    input: ({ encryptionKeyId }) => ({ id: encryptionKeyId, code: "ABCD" }),
  },
  "encryption.ofResource": {
    expected: "absent",
    role: "viewer",
    input: ({ resourceId }) => ({ resourceId }),
  },
  "encryption.chooseForResource": {
    expected: "absent",
    role: "admin",
    input: ({ resourceId }) => ({ resourceId, mode: "plain", keyIds: [] }),
  },
  "encryption.ofProject": { expected: "absent", role: "viewer", input: ({ projectId }) => ({ projectId }) },
  "encryption.chooseForProject": {
    expected: "absent",
    role: "admin",
    input: ({ projectId }) => ({ projectId, mode: "plain", keyIds: [] }),
  },
  "copies.list": { expected: "absent", role: "viewer", input: ofBackup },
  "copies.create": {
    expected: "absent",
    role: "operator",
    input: (t) => ({ ...ofBackup(t), storeId: t.storeId }),
  },
  "copies.remove": {
    expected: "absent",
    role: "operator",
    input: (t) => ({ ...ofBackup(t), copyId: "none" }),
  },
  "buckets.list": { expected: "absent", role: "viewer", input: ({ resourceId }) => ({ resourceId }) },
  "buckets.browse": {
    expected: "absent",
    role: "viewer",
    input: ({ resourceId }) => ({ resourceId, bucket: "b" }),
  },
  "buckets.backup": {
    expected: "absent",
    role: "operator",
    input: ({ resourceId }) => ({ resourceId, buckets: "all" }),
  },
  "engines.list": { expected: "nobody", role: "viewer" },
  "hooks.get": { expected: "absent", role: "admin", input: ({ resourceId }) => ({ resourceId }) },
  "hooks.put": {
    expected: "absent",
    role: "owner",
    input: ({ resourceId }) => ({ resourceId, before: "true" }),
  },
  "jobs.list": { expected: "own", role: "viewer", input: none },
  "jobs.get": { expected: "absent", role: "viewer", input: ({ jobId }) => ({ id: jobId }) },
  "jobs.cancel": { expected: "absent", role: "operator", input: ({ jobId }) => ({ id: jobId }) },
  "jobs.events": { expected: "absent", role: "viewer", input: ({ jobId }) => ({ jobId }) },
  "metrics.overview": { expected: "own", role: "viewer" },
  "projects.list": { expected: "own", role: "viewer", input: none },
  "projects.get": { expected: "absent", role: "viewer", input: ({ projectId }) => ({ id: projectId }) },
  "projects.create": {
    expected: "absent",
    role: "admin",
    input: ({ serverId }) => ({ name: "n", selector: { servers: [serverId], labels: {} } }),
  },
  "projects.change": {
    expected: "absent",
    role: "admin",
    input: ({ projectId }) => ({ id: projectId, name: "n" }),
  },
  "projects.put": { expected: "own", role: "admin", input: () => ({ externalId: "ext-project", name: "n" }) },
  "projects.remove": { expected: "absent", role: "admin", input: ({ projectId }) => ({ id: projectId }) },
  "resources.list": { expected: "absent", role: "viewer", input: ({ projectId }) => ({ projectId }) },
  "resources.get": { expected: "absent", role: "viewer", input: ofResource },
  "resources.add": {
    expected: "absent",
    role: "admin",
    input: ({ projectId, serverId }) => ({ projectId, serverId, name: "n", type: "postgres", test: false }),
  },
  "resources.change": { expected: "absent", role: "admin", input: (t) => ({ ...ofResource(t), name: "n" }) },
  "resources.put": {
    expected: "absent",
    role: "admin",
    input: ({ projectId, serverId }) => ({
      externalId: "ext-resource",
      projectId,
      serverId,
      name: "n",
      type: "postgres",
      test: false,
    }),
  },
  "resources.remove": { expected: "absent", role: "admin", input: ofResource },
  "resources.inspect": {
    expected: "absent",
    role: "operator",
    input: ({ resourceId }) => ({ id: resourceId }),
  },
  "resources.logs": { expected: "absent", role: "operator", input: ({ resourceId }) => ({ id: resourceId }) },
  "resources.console": {
    expected: "absent",
    role: "operator",
    input: ({ resourceId }) => ({ id: resourceId }),
  },
  "resources.restart": {
    expected: "absent",
    role: "operator",
    input: ({ resourceId }) => ({ id: resourceId }),
  },
  "schedules.get": { expected: "absent", role: "viewer", input: ({ resourceId }) => ({ resourceId }) },
  "schedules.put": {
    expected: "absent",
    role: "admin",
    input: ({ resourceId }) => ({ resourceId, ...when }),
  },
  "schedules.preview": {
    expected: "nobody",
    role: "viewer",
    input: () => ({ cron: "0 3 * * *", timeZone: "UTC" }),
  },
  "servers.list": { expected: "own", role: "viewer", input: none },
  "servers.get": { expected: "absent", role: "viewer", input: ({ serverId }) => ({ id: serverId }) },
  "servers.hostKey": { expected: "nobody", role: "admin", input: () => ({ host: "127.0.0.1", port: 1 }) },
  "servers.add": { expected: "own", role: "admin", input: () => newServer },
  "servers.change": {
    expected: "absent",
    role: "admin",
    input: ({ serverId }) => ({ id: serverId, test: false }),
  },
  "servers.put": {
    expected: "own",
    role: "admin",
    input: () => ({ ...newServer, externalId: "ext-server" }),
  },
  "servers.remove": { expected: "absent", role: "admin", input: ({ serverId }) => ({ id: serverId }) },
  "servers.test": { expected: "absent", role: "operator", input: ({ serverId }) => ({ id: serverId }) },
  "servers.scan": { expected: "absent", role: "operator", input: ({ serverId }) => ({ id: serverId }) },
  "session.me": { expected: "nobody" },
  "session.signIn": {
    expected: "nobody",
    input: () => ({ email: "a@example.com", password: "wrong wrong" }),
  },
  "session.signOut": { expected: "nobody" },
  "session.change": { expected: "nobody", role: "viewer", input: () => ({ name: "n" }) },
  "session.changePassword": {
    expected: "nobody",
    role: "viewer",
    input: () => ({ currentPassword: "x", newPassword: "long enough for us" }),
  },
  "session.changeOrganization": { expected: "own", role: "owner", input: () => ({ name: "theirs" }) },
  "setup.state": { expected: "nobody" },
  "setup.complete": {
    expected: "nobody",
    input: () => ({ code: "x", name: "n", email: "a@example.com", password: "long enough for us" }),
  },
  "sync.get": { expected: "absent", role: "viewer", input: ({ resourceId }) => ({ resourceId }) },
  "sync.put": {
    expected: "absent",
    role: "admin",
    input: ({ resourceId }) => ({ resourceId, enabled: true, destination: {}, timeZone: "UTC" }),
  },
  "sync.start": { expected: "absent", role: "operator", input: ({ resourceId }) => ({ resourceId }) },
  "stores.list": { expected: "own", role: "viewer", input: none },
  "stores.get": { expected: "absent", role: "viewer", input: ({ storeId }) => ({ id: storeId }) },
  "stores.add": {
    expected: "absent",
    role: "admin",
    input: ({ serverId }) => ({ name: "n", serverId, root: "/x", test: false }),
  },
  "stores.change": {
    expected: "absent",
    role: "admin",
    input: ({ storeId }) => ({ id: storeId, name: "n" }),
  },
  "stores.remove": { expected: "absent", role: "admin", input: ({ storeId }) => ({ id: storeId }) },
  "stores.ofResource": { expected: "absent", role: "viewer", input: ({ resourceId }) => ({ resourceId }) },
  "stores.chooseForResource": {
    expected: "absent",
    role: "admin",
    input: ({ resourceId }) => ({ resourceId, storeId: null, copyStoreIds: null }),
  },
  "stores.ofProject": { expected: "absent", role: "viewer", input: ({ projectId }) => ({ projectId }) },
  "stores.chooseForProject": {
    expected: "absent",
    role: "admin",
    input: ({ projectId }) => ({ projectId, storeId: null, copyStoreIds: null }),
  },
  "stores.test": { expected: "absent", role: "admin", input: ({ storeId }) => ({ id: storeId }) },
};
