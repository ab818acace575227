/** Known by the registry alone: an engine's id is data, so that a new engine needs no change here. */
export type EngineId = string;

/**
 * What an engine can promise, as data: the conformance suite decides by it what to run, the API what to allow and the
 * panel what to warn about.
 */
export interface EngineCapabilities {
  /** The smallest thing that can be backed up or restored alone. */
  readonly unit: "server" | "database" | "bucket" | "path";
  /** One archive holds several units; otherwise a run makes one backup for each unit. */
  readonly combinesUnits: boolean;
  /** A dump shows one moment in time even while clients write. */
  readonly consistent: boolean;
  /** Data is loaded beside the target, counted, and switched in one short step. */
  readonly stagedRestore: boolean;
  /** A failed restore leaves the target as it was. */
  readonly atomicRestore: boolean;
  /** What clients notice while a restore switches. */
  readonly downtime: "none" | "sessions-end" | "read-only-seconds" | "restart";
  /** The old data is kept after a restore, so that it can be undone. */
  readonly keepsOld: boolean;
  /** Parts inside a unit (tables, keys) can be restored alone. */
  readonly selective: boolean;
  /** Restoring needs the resource to be a container (a sidecar, its volumes). */
  readonly restoreNeedsContainer: boolean;
  /** What of an archive a restore leaves out when it is told to. */
  readonly restoreOptions: readonly RestoreOption[];
}

/**
 * What an archive may bring along beside its data, unless it is declined: who owns each object (otherwise the resource's own login),
 * what others were granted on it, and roles of the server that are missing at the target as they were, not bare.
 */
export const RESTORE_OPTIONS = ["ownership", "rights", "roles"] as const;
export type RestoreOption = (typeof RESTORE_OPTIONS)[number];

/** Absent stands for yes. */
export type RestoreChoices = { readonly [option in RestoreOption]?: boolean };

/** Whether the REST contract calls a resource of this engine a database or files. */
export type EngineKind = "database" | "files";

/** Exact facts about one unit, taken in the dump's own snapshot. */
export interface UnitFacts {
  readonly name: string;
  /** Rows per table, keys per database, files per path: whatever the engine counts, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Content digests by the same names, where the engine takes them. */
  readonly digests?: Readonly<Record<string, string>>;
}

/** One thing in a resource that can be backed up alone. */
export interface Unit {
  readonly name: string;
  /** Size at the source in bytes, null when it is not cheap to know. */
  readonly sourceBytes: number | null;
}

export interface Inspection {
  /** The server's own version, as it prints it ("15.18"). */
  readonly version: string;
  readonly units: readonly Unit[];
}

/** A dump's format: the name goes into the manifest, the extension into the file name. */
export interface DumpFormat {
  /** For example `postgres-custom`, `redis-rdb`, `tar`. */
  readonly name: string;
  /** Version of the format or of the tool that wrote it. */
  readonly version: string;
  /** Starts with a dot: `.dump`, `.sql`, `.rdb`, `.tar`. */
  readonly extension: string;
}
