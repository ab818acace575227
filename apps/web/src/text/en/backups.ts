import { pluralIn } from "../plural.ts";
import type { ptBr } from "../pt-br.ts";

const many = pluralIn("en");

export const backups: typeof ptBr.backups = {
  title: "Available backups",
  count: (count) => many(count, "backup", "backups"),
  empty: "No backup yet",
  emptyHelp: "The first one takes only as long as reading the data. Nothing is stopped.",
  create: "Create backup",
  createFirst: "Create the first backup",
  when: "When",
  unit: "Content",
  size: "Size",
  origin: "Origin",
  check: "Check",
  acts: "Actions",
  row: (facts) => `Backup of ${facts.unit}, ${facts.when}`,
  everything: "everything",
  origins: { manual: "Manual", schedule: "Automatic", upload: "Uploaded", safety: "Safety" },
  status: {
    pending: "Queued",
    running: "Running",
    completed: "Complete",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  depth: { intact: "Intact", readable: "Readable", restorable: "Proven" },
  depthHelp: {
    intact: "The file was read to its last byte and matches the kept digest.",
    readable: "The format's own structure was read from beginning to end.",
    restorable: "It was really restored in a test and counted.",
  },
  unchecked: "Not checked",
  checkFailed: "Did not pass",
  download: "Download",
  downloadOf: (name) => `Download ${name}`,
  restore: "Restore",
  restoreOf: (name) => `Restore ${name}`,
  validate: "Validate",
  validating: "Validation asked for.",
  remove: "Delete",
  pin: "Pin",
  unpin: "Unpin",
  pinned: "Pinned: retention does not remove it",
  details: "Details",
  suspicious: "Looks incomplete",
};

export const createBackup: typeof ptBr.createBackup = {
  title: (name) => `Create backup of ${name}`,
  all: "Everything in the resource",
  allHelp: "Includes what will be created later.",
  some: "Choose",
  which: { database: "Databases", server: "What to copy", path: "Folders and files", bucket: "Buckets" },
  copiesAll: "Copies everything in the resource and stops nothing.",
  compression: "Compression",
  codecs: { zstd: "zstd (recommended)", gzip: "gzip (opens anywhere)", none: "none" },
  format: "Format",
  note: "Note",
  noteHelp: "Why this backup, for whoever finds it later.",
  act: "Create backup",
  started: "Backup started.",
  options: "Options",
};

export const download: typeof ptBr.download = {
  title: "Download backup",
  link: "Download link",
  linkHelp: (when) => `Works until ${when}, without a password. Whoever has the link can download.`,
  now: "Download now",
  copy: "Copy link",
  command: "In a terminal",
  copyCommand: "Copy command",
  revoke: "Revoke the link",
  revoked: "The link no longer works.",
};

export const restore: typeof ptBr.restore = {
  title: "Confirm restore",
  about: "You are about to restore:",
  size: "Size",
  date: "Date",
  from: "Backup",
  to: "Destination",
  unit: "Content",
  otherUnit: "Under another name",
  otherPath: "In another folder",
  otherUnitHelp: "Empty restores over the present one.",
  what: "What will happen",
  lost: (facts) =>
    `The present data of ${facts.unit} will be replaced. What came in after ${facts.when} is lost.`,
  created: (facts) =>
    `${facts.unit} will be created in ${facts.resource}. If it is there already, its data will be replaced.`,
  staged: "The data is loaded to one side and compared before the switch.",
  atomic: "If anything fails, the destination stays as it is now.",
  notAtomic: "If it fails half-way, the destination may be incomplete. The safety backup brings it back.",
  downtime: {
    none: "Nothing is interrupted.",
    "sessions-end": "Open connections drop for a moment at the switch.",
    "read-only-seconds": "The database is read-only for some seconds.",
    restart: "The container will be restarted.",
  },
  keepsOld: "The old data is kept for a while, so that this can be undone.",
  safety: "Back up the present data first",
  safetyHelp: "A safety backup will be made before anything is changed.",
  safetyOff: "Without it, the present data cannot be brought back.",
  type: (name) => `Type ${name} to confirm`,
  act: (facts) => `Restore ${facts.unit} into ${facts.resource}`,
  started: "Restore started. You can close this page: it goes on.",
  refused: "The restore did not start",
};

export const removeBackup: typeof ptBr.removeBackup = {
  title: "Delete backup",
  about: (facts) =>
    `The backup of ${facts.unit} of ${facts.when} (${facts.size}) will be deleted from the server. This cannot be undone.`,
  last: "It is the only complete backup of this resource.",
  act: (unit) => `Delete backup of ${unit}`,
  started: "Deletion started.",
};

export const backupDetails: typeof ptBr.backupDetails = {
  title: (unit) => `Backup of ${unit}`,
  folder: "Place",
  sha256: "SHA-256",
  size: "Size",
  took: "Took",
  created: "Created",
  engine: "Database",
  format: "Format",
  origin: "Origin",
  check: "Check",
  note: "Note",
  counts: "Counted at the moment of the copy",
  countsName: "Name",
  countsAmount: "Amount",
  total: "Total",
  warnings: "Warnings",
  failed: "The backup did not come to its end",
};
