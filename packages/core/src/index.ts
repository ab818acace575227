/** Core's front door: hosts, engines, stores and the stories that join them. */

export { archiveKeyOf, keyStem, manifestKey } from "./archive/layout.ts";
export { Manifest } from "./archive/manifest.ts";
export { fileNameOf, recoveryKitText } from "./archive/recovery-kit.ts";
export { type ManifestStanding, openManifest } from "./archive/seal.ts";
export { slugify } from "./archive/slug.ts";
export type { BrowsedObject, ObjectBrowser, OpenedObject } from "./engine/browser.ts";
export type { Bench, Engine, Reach, ReachedContainer } from "./engine/engine.ts";
export { engineById, engineIdOf, engines } from "./engine/registry.ts";
export { containerHost } from "./host/container.ts";
export type { ContainerFacts } from "./host/container-facts.ts";
export { findDocker } from "./host/docker.ts";
export type { ContainerEvent, Docker } from "./host/docker-contract.ts";
export type { Command, Files, Host, Server, ServerFacts } from "./host/host.ts";
export { createLocalServer } from "./host/local.ts";
export { connectSsh } from "./host/ssh.ts";
export { readHostKey, type SshAuth, type SshOptions } from "./host/ssh-connection.ts";
export type { SshHostKey } from "./host/ssh-keys.ts";
export { quote } from "./host/ssh-quote.ts";
export { type CopiedBackup, type CopyBackup, copyBackup } from "./operation/copy-backup.ts";
export {
  type AnsweringArchive,
  type ArchiveAt,
  fromWhicheverIsWhole,
  whicheverAnswers,
} from "./operation/copy-sources.ts";
export { type DetectedResource, detectResources, identityOf } from "./operation/detect-resources.ts";
export { removeBackup } from "./operation/remove-backup.ts";
export type {
  Installation,
  ManifestIdentity,
  RestoreAtTarget,
  RestoreBackup,
  RestoredBackup,
  TakeBackup,
  TakenBackup,
  Unlock,
  ValidateBackup,
  ValidatedBackup,
} from "./operation/requests.ts";
export {
  dropOld,
  presentUnits,
  recoverRestore,
  restoreBackup,
  undoRestore,
} from "./operation/restore-backup.ts";
export { subId } from "./operation/sub-id.ts";
export { sweepAbandoned } from "./operation/sweep.ts";
export { syncBuckets } from "./operation/sync-bucket.ts";
export type { SyncPlace } from "./operation/sync-bucket-places.ts";
export type { SyncReport } from "./operation/sync-bucket-report.ts";
export { takeBackup } from "./operation/take-backup.ts";
export { validateBackup } from "./operation/validate-backup.ts";
export type { Step, Work } from "./operation/work.ts";
export { MOST_RECIPIENTS, openpgpWith } from "./pipeline/openpgp.ts";
export {
  type KnownKey,
  lockPrivateKey,
  makePrivateKey,
  openSessionKey,
  type PublicKey,
  readPrivatePart,
  readPublicKey,
  SESSION_HEAD_BYTES,
} from "./pipeline/openpgp-keys.ts";
export { CODECS, type CodecId } from "./pipeline/stage.ts";
export { checkSchedule, type DueRun, dueSince, lastDue, nextRuns } from "./policy/due.ts";
export {
  checkKeepRules,
  type KeepableBackup,
  type KeepReason,
  type KeepRules,
  type KeepVerdict,
  keep,
  type RemoveReason,
} from "./policy/keep.ts";
export {
  type NewestBackup,
  type Safety,
  type SafetyFacts,
  type SafetyReason,
  type SafetyStep,
  safetyOf,
} from "./policy/safety.ts";
export { safetySentences } from "./policy/safety-text.ts";
export { cronOf, type Schedule } from "./policy/schedule.ts";
export { type Suspicion, suspicionOf, type Weighed } from "./policy/suspicion.ts";
export type { Dial } from "./s3/connect.ts";
export { checkStore, type StoreCheck } from "./store/check.ts";
export { directoryStore } from "./store/directory.ts";
export { retrying } from "./store/retrying.ts";
export { type S3StoreConfig, s3Store } from "./store/s3.ts";
export type { Store } from "./store/store.ts";
