import { pluralIn } from "../plural.ts";
import type { ptBr } from "../pt-br.ts";

const many = pluralIn("en");

export const frame: typeof ptBr.frame = {
  skip: "Skip to content",
  nav: "Main",
  resources: "Resources",
  activity: "Activity",
  servers: "Servers",
  stores: "Stores",
  organization: "Organization",
  project: "Project",
  projectSettings: "Project settings",
  newProject: "New project",
  projectName: "Project name",
  createProject: "Create project",
  noProject: "There is no project",
  noProjectHelp: "Resources and their backups are kept in projects. Admins can create one.",
  projectLabels: "Container labels",
  projectLabelsHelp: "Containers with all of these labels become this project's. One per line: name=value.",
  search: "Search or do",
  jobs: (count) => (count === 0 ? "No jobs running" : many(count, "job", "jobs")),
  jobsTitle: "Jobs running",
  jobsNone: "Nothing is running now.",
  jobsAll: "See all activity",
  language: "Language",
  theme: "Theme",
  account: "Account",
  signOut: "Sign out",
  notFound: "This page does not exist",
  notFoundHelp: "The address may have changed, or what it showed was removed.",
  home: "Go to the resources",
  offline: "No connection to Cofre. Trying again.",
};

export const languages: typeof ptBr.languages = { "pt-BR": "Português", en: "English" };
export const themes: typeof ptBr.themes = { system: "Same as system", light: "Light", dark: "Dark" };

export const acts: typeof ptBr.acts = {
  cancel: "Cancel",
  close: "Close",
  copied: "Copied",
  copyRefused: "The browser did not allow copying",
  copy: "Copy",
  dismiss: "Dismiss",
  moreOf: (name) => `More actions for ${name}`,
  retry: "Try again",
  save: "Save",
  back: "Back",
  showMore: "Show more",
};

export const faces: typeof ptBr.faces = {
  loading: "Loading",
  stale: "Could not refresh. What you see is from before.",
};

export const palette: typeof ptBr.palette = {
  title: "Search or do",
  placeholder: "Resource, backup or action",
  nothing: "Nothing found",
  resources: "Resources",
  backups: "Recent backups",
  acts: "Actions",
  results: "Results",
  backUp: (name) => `Back up ${name}`,
  hint: "↑↓ to choose, Enter to open, Esc to close",
};

export const words: typeof ptBr.words = {
  of: (part, whole) => `${part} of ${whole}`,
  optional: "optional",
  none: "none",
  never: "never",
  unknown: "unknown",
};
