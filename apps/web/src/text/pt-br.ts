import { backupDetails, backups, createBackup, download, removeBackup, restore } from "./pt-br/backups.ts";
import { browse, buckets } from "./pt-br/buckets.ts";
import { decrypt, encryption, encryptionChoice, encryptionForm, recoveryKit } from "./pt-br/encryption.ts";
import { fault, faultCard } from "./pt-br/fault.ts";
import { acts, faces, frame, languages, palette, themes, words } from "./pt-br/frame.ts";
import { jobs, remedy } from "./pt-br/jobs.ts";
import { apiKeys, audit, organization } from "./pt-br/organization.ts";
import { addResource, config, engines, hooks, resources, settings, webConsole } from "./pt-br/resources.ts";
import { safety } from "./pt-br/safety.ts";
import { schedule } from "./pt-br/schedule.ts";
import { addServer, servers } from "./pt-br/servers.ts";
import { session, setup } from "./pt-br/session.ts";
import { copies, storeChoice, storeForm, stores, storeTest } from "./pt-br/stores.ts";
import { sync } from "./pt-br/sync.ts";

/** The first language of the panel. `glossary.md` gives the words; `en.ts` MUST have the same keys. */
export const ptBr = {
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
