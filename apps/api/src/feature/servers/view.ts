import { z } from "zod";
import { FaultView } from "../fault-view.ts";

const SecretView = z.object({ set: z.boolean() });

export const HostKeyView = z.object({
  /** As in a `known_hosts` file: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`. */
  algorithm: z.string(),
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: z.string(),
});
export type HostKeyView = z.infer<typeof HostKeyView>;

export const ServerView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["local", "ssh"]),
  externalId: z.string().nullable(),
  host: z.string().nullable(),
  port: z.number().nullable(),
  user: z.string().nullable(),
  auth: z.object({ password: SecretView, privateKey: SecretView, passphrase: SecretView }),
  hostKey: HostKeyView.nullable(),
  status: z.enum(["online", "offline", "unknown"]),
  error: FaultView.nullable(),
  os: z.string().nullable(),
  /** How containers are reached there (`docker`, `sudo -n docker`, `podman`); null without any. */
  docker: z.string().nullable(),
  allowedRoots: z.array(z.string()),
  diskFreeBytes: z.number().nullable(),
  diskTotalBytes: z.number().nullable(),
  resourceCount: z.number(),
  lastSeenAt: z.string().nullable(),
  lastScannedAt: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type ServerView = z.infer<typeof ServerView>;

const name = z.string().trim().min(1).max(120);
const address = z.string().trim().min(1).max(255);
const port = z.number().int().min(1).max(65_535);
const user = z.string().trim().min(1).max(64);
const externalId = z.string().min(1).max(200);

/** A password or a private key (any format that OpenSSH writes), the latter with its passphrase. */
export const ServerAuth = z.object({
  password: z.string().min(1).max(1_000).optional(),
  privateKey: z.string().min(1).max(20_000).optional(),
  passphrase: z.string().min(1).max(1_000).optional(),
});
export type ServerAuth = z.infer<typeof ServerAuth>;

const HostKeyInput = z.object({
  algorithm: z.string().min(1).max(100),
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, "must look like SHA256:…"),
});

const root = z.string().min(1).max(1_000).startsWith("/");

export const AddServer = z.object({
  name,
  kind: z.enum(["local", "ssh"]).default("ssh"),
  host: address.optional(),
  port: port.default(22),
  user: user.optional(),
  auth: ServerAuth.default({}),
  /** The key that a person or the deploy manager has confirmed. Without one the server answers 409 with the key it was shown. */
  hostKey: HostKeyInput.optional(),
  externalId: externalId.optional(),
  /** Folder of its first store; `/opt/backups` or the user's home when not given. */
  backupRoot: root.optional(),
  allowedRoots: z.array(root).max(50).optional(),
  /** False adds it without trying to connect. */
  test: z.boolean().default(true),
});
export type AddServer = z.infer<typeof AddServer>;

export const ChangeServer = z.object({
  id: z.string(),
  name: name.optional(),
  host: address.optional(),
  port: port.optional(),
  user: user.optional(),
  /** Replaces everything secret at once; absent keeps what is there. */
  auth: ServerAuth.optional(),
  hostKey: HostKeyInput.optional(),
  externalId: externalId.nullable().optional(),
  allowedRoots: z.array(root).max(50).optional(),
  test: z.boolean().default(true),
});
export type ChangeServer = z.infer<typeof ChangeServer>;

/** What is left out stays as it is; a new server takes what `AddServer` says. */
export const PutServer = AddServer.extend({
  externalId,
  kind: AddServer.shape.kind.unwrap().optional(),
  port: port.optional(),
  auth: ServerAuth.optional(),
});
export type PutServer = z.infer<typeof PutServer>;

export const ReadHostKey = z.object({ host: address, port: port.default(22) });

/** What a connection found, step by step: what it could do and what is in the way. */
export const ServerTestView = z.object({
  ok: z.boolean(),
  tookMs: z.number(),
  user: z.string().nullable(),
  os: z.string().nullable(),
  isRoot: z.boolean().nullable(),
  canSudo: z.boolean().nullable(),
  cores: z.number().nullable(),
  tools: z.array(z.string()),
  docker: z.string().nullable(),
  diskFreeBytes: z.number().nullable(),
  diskTotalBytes: z.number().nullable(),
  /** What works, but worse than it could: no zstd, no containers. */
  warnings: z.array(FaultView),
  error: FaultView.nullable(),
});
export type ServerTestView = z.infer<typeof ServerTestView>;

export const ScanView = z.object({
  found: z.number(),
  added: z.number(),
  missing: z.number(),
  scannedAt: z.string(),
});
export type ScanView = z.infer<typeof ScanView>;
