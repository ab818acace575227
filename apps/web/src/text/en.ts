import { backupDetails, backups, createBackup, download, removeBackup, restore } from "./en/backups.ts";
import { browse, buckets } from "./en/buckets.ts";
import { decrypt, encryption, encryptionChoice, encryptionForm, recoveryKit } from "./en/encryption.ts";
import { fault, faultCard } from "./en/fault.ts";
import { acts, faces, frame, languages, palette, themes, words } from "./en/frame.ts";
import { jobs, remedy } from "./en/jobs.ts";
import { apiKeys, audit, organization } from "./en/organization.ts";
import { addResource, config, engines, hooks, resources, settings, webConsole } from "./en/resources.ts";
import { safety } from "./en/safety.ts";
import { schedule } from "./en/schedule.ts";
import { addServer, servers } from "./en/servers.ts";
import { session, setup } from "./en/session.ts";
import { copies, storeChoice, storeForm, stores, storeTest } from "./en/stores.ts";
import { sync } from "./en/sync.ts";
import type { ptBr } from "./pt-br.ts";

/** The same words in English; a key that is missing here does not compile. */
export const en: typeof ptBr = {
  acts,
  addResource,
  addServer,
  apiKeys,
  audit,
  backupDetails,
  backups,
  browse,
  buckets,
  config,
  copies,
  createBackup,
  decrypt,
  download,
  encryption,
  encryptionChoice,
  encryptionForm,
  engines,
  faces,
  fault,
  faultCard,
  frame,
  hooks,
  jobs,
  languages,
  organization,
  palette,
  recoveryKit,
  remedy,
  removeBackup,
  resources,
  restore,
  safety,
  schedule,
  servers,
  session,
  settings,
  setup,
  storeChoice,
  storeForm,
  storeTest,
  stores,
  sync,
  themes,
  webConsole,
  words,
};
