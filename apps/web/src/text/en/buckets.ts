import { pluralIn } from "../plural.ts";
import type { ptBr } from "../pt-br.ts";

const many = pluralIn("en");

export const buckets: typeof ptBr.buckets = {
  tab: "Browse",
  title: "Buckets",
  empty: "No bucket yet",
  emptyHelp: "When this resource has buckets, they appear here.",
  name: "Bucket",
  objects: "Objects",
  size: "Size",
  created: "Created",
  uncounted: "many",
  choose: "Choose the buckets to back up",
  chooseAll: "Choose all",
  chooseOne: (name) => `Choose ${name}`,
  open: (name) => `Open ${name}`,
  backupSome: (count) => (count === 0 ? "Back up chosen" : `Back up ${many(count, "bucket", "buckets")}`),
  backupAll: "Back up all",
  refused: "The backup did not start",
};

export const browse: typeof ptBr.browse = {
  trail: "Where you are",
  root: "Buckets",
  name: "Name",
  size: "Size",
  modified: "Modified",
  acts: "Actions",
  search: "Search here and below",
  searchAct: "Search",
  clear: "Clear search",
  list: (where) => `Contents of ${where}`,
  folder: (name) => `Folder ${name}`,
  empty: "Nothing in this folder",
  emptyHelp: "Upload a file, or go back to the folder above.",
  nothing: "Nothing found",
  nothingHelp: "The search looks at names, in this folder and those inside.",
  upload: "Upload file",
  uploading: (facts) => `Uploading ${facts.name}: ${facts.share}`,
  uploaded: (name) => `${name} was uploaded.`,
  uploadRefused: (name) => `${name} was not uploaded`,
  exists: (name) => `Replace ${name}`,
  existsAbout: (facts) => `${facts.name} is in ${facts.where} already. What is there will be replaced.`,
  zip: "Download as zip",
  preview: "View",
  previewOf: (name) => `View ${name}`,
  previewPart: (size) => `Only the beginning: ${size}.`,
  previewNot: "This kind of file is not shown here. Download it to open it.",
  previewRefused: "The file could not be read",
  download: "Download",
  remove: "Delete",
  removeTitle: (name) => `Delete ${name}`,
  removeAbout: (facts) =>
    `${facts.name} (${facts.size}) will be deleted from the bucket ${facts.bucket}. This cannot be undone, but by a backup.`,
  removed: (name) => `${name} was deleted.`,
};
