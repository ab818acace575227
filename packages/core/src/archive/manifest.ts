import { z } from "zod";

/** Version of the manifest's own layout; FORMAT.md tells it byte by byte. */
export const MANIFEST_VERSION = 1;

const Counts = z.record(z.string(), z.number().int().nonnegative());

export const Manifest = z.object({
  cofre: z.literal("backup"),
  version: z.literal(MANIFEST_VERSION),
  /** Ids of the catalogue that wrote it. */
  installationId: z.string(),
  backupId: z.string(),
  runId: z.string(),
  organizationId: z.string(),
  project: z.object({ id: z.string(), name: z.string(), slug: z.string() }),
  resource: z.object({ id: z.string(), name: z.string(), slug: z.string(), engine: z.string() }),
  server: z.object({ id: z.string(), name: z.string() }),
  origin: z.enum(["manual", "schedule", "upload", "safety"]),
  /** Version of the database server that was dumped. */
  engineVersion: z.string(),
  image: z.string().nullable(),
  format: z.object({ name: z.string(), version: z.string(), extension: z.string() }),
  tools: z.record(z.string(), z.string()),
  units: z.array(
    z.object({
      name: z.string(),
      counts: Counts,
      digests: z.record(z.string(), z.string()).optional(),
    }),
  ),
  warnings: z.array(z.string()),
  archive: z.object({
    /** Key in the store, and so the file's path below its root. */
    key: z.string(),
    bytes: z.number().int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Stages from the dump outwards: ["zstd"], ["zstd", "openpgp"]. */
    stages: z.array(z.string()),
    /** Fingerprints of the OpenPGP keys that open it; absent when it is not encrypted. */
    recipients: z.array(z.string()).optional(),
  }),
  /** Small files beside the archive, named by key. */
  riders: z.array(z.object({ name: z.string(), key: z.string(), sha256: z.string() })),
  startedAt: z.iso.datetime(),
  completedAt: z.iso.datetime(),
  cofreVersion: z.string(),
});

export type Manifest = z.infer<typeof Manifest>;
