import type { Manifest } from "../archive/manifest.ts";
import type { Bench, Engine, Reach, RestoreMode } from "../engine/engine.ts";
import type { ValidationDepth } from "../model/backup.ts";
import type { RestoreChoices, UnitFacts } from "../model/engine.ts";
import type { Secret } from "../model/secret.ts";
import type { PublicKey } from "../pipeline/openpgp-keys.ts";
import type { CodecId } from "../pipeline/stage.ts";
import type { Store } from "../store/store.ts";
import type { AnsweringArchive } from "./copy-sources.ts";

/** The part of a manifest that only the catalogue knows. */
export type ManifestIdentity = Pick<
  Manifest,
  | "backupId"
  | "runId"
  | "organizationId"
  | "project"
  | "resource"
  | "server"
  | "origin"
  | "image"
  | "cofreVersion"
>;

/** Signs manifests with the installation's key, so that adopting a store knows its own from forged ones. */
export interface Installation {
  readonly id: string;
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

/**
 * Gives the key of one encrypted archive from its first bytes and the fingerprints that its manifest names, so that neither core nor
 * a server ever holds a private key. Throws when none of the private keys that are kept opens it.
 */
export type Unlock = (head: Uint8Array, recipients: readonly string[]) => Promise<Secret>;

/** takeBackup(work, request): one archive of one unit, or of several where the engine combines. */
export interface TakeBackup {
  readonly engine: Engine;
  readonly reach: Reach<unknown>;
  readonly units: readonly string[];
  /** See DumpRequest. */
  readonly anywhere?: boolean;
  readonly format?: string;
  readonly codec: CodecId;
  /** OpenPGP keys, each of which opens the archive; none leaves it as the codec made it. */
  readonly recipients?: readonly PublicKey[];
  readonly digests: "auto" | "none";
  readonly store: Store;
  /** Key without its extension: `databases/loja/postgres/shop-db/backup-2026-02-09-18-30-shop`. The operation adds extension and, on collision, `-n`. */
  readonly keyStem: string;
  /**
   * Remembers the key before anything is published under it. MUST reject with `store.exists` when another archive is remembered under
   * it, whose bytes may be gone without anybody having said so: the next name is then tried.
   */
  readonly onKey: (key: string) => Promise<void>;
  /** The remembered key, when a worker takes up what another left. */
  readonly key?: string;
  /** Size of the last backup of the same unit: disk is checked against it before the first byte. */
  readonly expectedBytes?: number;
  readonly identity: ManifestIdentity;
  readonly installation: Installation;
}

export interface TakenBackup {
  readonly manifest: Manifest;
  /** Key of the manifest in the store. */
  readonly manifestKey: string;
  /** Sweeps the journal on the server; call it once the catalogue remembers the backup. */
  settle(): Promise<void>;
}

/** validateBackup(work, request): throws `archive.*` with what was found, otherwise tells how deep it could look. */
export interface ValidateBackup {
  readonly store: Store;
  readonly manifest: Manifest;
  readonly depth: Exclude<ValidationDepth, "restorable">;
  /** Needed for an encrypted archive. */
  readonly unlock?: Unlock;
  /** Needed for `readable`; without one the check goes as deep as "intact" and says so. */
  readonly engine?: Engine;
  readonly bench?: Bench;
}

export interface ValidatedBackup {
  readonly depth: ValidationDepth;
  readonly facts: readonly UnitFacts[];
}

/** A restore as it is found again at its target, by names alone: the archive and its stores may be gone by then. */
export type RestoreAtTarget = Pick<
  RestoreBackup,
  "engine" | "reach" | "manifest" | "units" | "mode" | "choices"
>;

/** recoverRestore(work, request): what is to be done about a restore whose worker died. */
export interface RecoverRestore extends RestoreAtTarget {
  /** Directories on the target's server beside which journals of the restore may lie: its archive may have been read from any of them. */
  readonly stores: readonly Store[];
}

/** restoreBackup(work, request): validate, protect, load to one side, compare, switch; on any failure the target is as it was. */
export interface RestoreBackup {
  readonly engine: Engine;
  readonly reach: Reach<unknown>;
  readonly store: Store;
  readonly manifest: Manifest;
  /** Where else the archive rests, asked when `store` turns out not to have it whole, before anything is changed. */
  readonly next?: AnsweringArchive["next"];
  /** Needed for an encrypted archive. */
  readonly unlock?: Unlock;
  /** Names in the archive and at the target; everything under its own name when empty. */
  readonly units: readonly { readonly from: string; readonly into: string }[];
  /** See RestoreRequest. */
  readonly mode?: RestoreMode;
  readonly choices?: RestoreChoices;
  /**
   * Takes the safety backup of what is there now, after validation and before anything is changed: of these units, by their names at the
   * target. Not called when none of them is there. Absent when the user declined.
   */
  readonly protect?: (units: readonly string[]) => Promise<void>;
}

export interface RestoredBackup {
  readonly facts: readonly UnitFacts[];
  /** True when the old data is kept at the target and the restore can be undone. */
  readonly keptOld: boolean;
  readonly warnings: readonly string[];
}
