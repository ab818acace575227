import { backupDetails, backups, createBackup, download, removeBackup, restore } from "./en/backups.ts";
import { fault, faultCard } from "./en/fault.ts";
import { acts, faces, frame, languages, palette, themes, words } from "./en/frame.ts";
import { jobs } from "./en/jobs.ts";
import { apiKeys, audit, organization } from "./en/organization.ts";
import { addResource, config, engines, resources, settings } from "./en/resources.ts";
import { safety } from "./en/safety.ts";
import { schedule } from "./en/schedule.ts";
import { addServer, servers } from "./en/servers.ts";
import { session, setup } from "./en/session.ts";
import { storeForm, stores, storeTest } from "./en/stores.ts";
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
  config,
  createBackup,
  download,
  engines,
  faces,
  fault,
  faultCard,
  frame,
  jobs,
  languages,
  organization,
  palette,
  removeBackup,
  resources,
  restore,
  safety,
  schedule,
  servers,
  session,
  settings,
  setup,
  storeForm,
  storeTest,
  stores,
  themes,
  words,
};
