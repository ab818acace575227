import { pluralIn } from "../plural.ts";
import type { ptBr } from "../pt-br.ts";

const many = pluralIn("en");

export const stores: typeof ptBr.stores = {
  title: "Stores",
  about: "Where backups rest. One that is not the server itself protects even when that is lost.",
  listName: "List of stores",
  copies: (count) => many(count, "copy", "copies"),
  empty: "No store yet",
  emptyHelp: "Add a folder of a server, so that backups have a place to rest.",
  add: "Add store",
  folderOn: (facts) => `${facts.root} on ${facts.server}`,
  isDefault: "Default",
  defaultHelp: "The resources of this server rest here unless told otherwise.",
  holds: (facts) =>
    facts.count === 0 ? "no backups" : `${many(facts.count, "backup", "backups")}, ${facts.size}`,
  checked: (ago) => `checked ${ago}`,
  neverChecked: "never checked",
  test: "Test",
  testOf: (name) => `Test ${name}`,
  edit: "Edit",
  makeDefault: "Make default",
  madeDefault: (name) => `${name} is now the server's default store.`,
  remove: "Remove",
  removeTitle: (name) => `Remove ${name}`,
  removeAbout: (name) =>
    `Cofre no longer keeps anything in ${name}. What is there is not deleted. A store that holds backups cannot be removed.`,
  removed: (name) => `${name} was removed.`,
};

export const storeForm: typeof ptBr.storeForm = {
  title: "Add store",
  editTitle: (name) => `Edit ${name}`,
  name: "Name",
  nameHelp: "What you call it: office disk, bucket elsewhere.",
  kind: "Type",
  kinds: { directory: "Folder of a server", s3: "S3 bucket" },
  kindHelp: {
    directory: "On the disk of a machine that Cofre reaches.",
    s3: "At AWS, in a MinIO or in any other S3: it stands when the server is lost.",
  },
  endpoint: "Address of the S3",
  endpointHelp: "The address alone, without the bucket.",
  region: "Region",
  bucket: "Bucket",
  prefix: "Folder in the bucket",
  secretKept: "Empty keeps the present one.",
  more: "S3 options",
  pathStyle: "Bucket in the path of the address",
  pathStyleHelp: "As MinIO and most that are not AWS want it.",
  storageClass: "Storage class",
  lock: "Lock against deletion (Object Lock)",
  locks: { none: "No lock", GOVERNANCE: "Governance", COMPLIANCE: "Compliance" },
  lockHelp: {
    none: "Whoever has the key can delete the backups.",
    GOVERNANCE:
      "Only those with the special right to go around it can delete. The bucket must have been made with Object Lock.",
    COMPLIANCE:
      "Nobody can delete before the day has come, not even the account's owner. The bucket must have been made with Object Lock.",
  },
  lockDays: "Days",
  ca: "Certificate of the authority (CA)",
  caHelp: "Only if the address uses a certificate of its own. Paste from BEGIN to END.",
  server: "Server",
  root: "Folder",
  rootHelp: "The whole path. It is made when it is not there.",
  isDefault: "Use as this server's default",
  isDefaultHelp: "New backups of its resources rest here.",
  test: "Test and add",
  anyway: "Add without testing",
  refused: "This store cannot be used like this",
  added: (name) => `${name} was added.`,
  saved: (name) => `${name} was saved.`,
};

export const storeTest: typeof ptBr.storeTest = {
  title: (name) => `Test of ${name}`,
  about: "Writes, reads and deletes small files, as a backup does. Nothing of yours is touched.",
  running: "Testing. It takes from some seconds to two minutes.",
  ok: "All is well: backups can rest here",
  failed: (count) => many(count, "promise was not kept", "promises were not kept"),
  attempted: "The test could not be made",
  results: "Result line by line",
  passed: "kept",
  broken: "not kept",
  noted: "worth a look",
  checks: {
    reached: "Answers",
    "reads-back": "Gives back what it kept",
    "keeps-nothing-empty": "Keeps an empty file too",
    "reads-back-large": "Gives back a large file, in parts",
    "reads-ranges": "Reads only a part",
    "errors-beyond-the-end": "Says so when asked beyond the end",
    "never-overwrites": "Never overwrites",
    "shows-nothing-early": "Shows only what is complete",
    "leaves-nothing-of-a-failure": "Leaves nothing of a failure",
    "tells-what-is-missing": "Tells what is not there",
    "lists-folders": "Lists what is in a folder",
    "keeps-odd-names": "Keeps odd names",
    removes: "Deletes what it is told to delete",
    "tells-its-space": "Tells how much space it has",
    locks: "Locks what is to be locked",
    "expires-nothing": "No rule of the bucket deletes backups",
    "clears-broken-uploads": "A rule of the bucket clears broken uploads",
  },
};

export const storeChoice: typeof ptBr.storeChoice = {
  title: "Where backups rest",
  about: "The first store receives the backup; the others receive a copy, compared byte by byte.",
  first: "Store of the backups",
  usual: {
    project: "The project's, or the server's default",
    server: "The default of each resource's server",
  },
  copies: "Copies",
  noCopies: { project: "As in the project", server: "No copies" },
  copyTo: "Copy every backup to",
  copyHelp: "None ticked: no copies. Backups that exist already are copied too.",
  save: "Save stores",
  saved: "Stores saved.",
};

export const copies: typeof ptBr.copies = {
  title: "Where it rests",
  first: "original",
  firstDamaged: "damaged original",
  firstDamagedHelp: "The original is damaged. Restores and downloads use the copy; create a new backup.",
  status: {
    pending: "queued",
    running: "copying",
    completed: "compared",
    failed: "failed",
    cancelled: "cancelled",
  },
  verified: (when) => `compared ${when}`,
  to: "Copy also to",
  add: "Copy",
  started: "Copy started.",
  refused: "The copy did not start",
  failed: (store) => `The copy in ${store} did not come to its end`,
  remove: "Delete copy",
  removeOf: (name) => `Delete the copy in ${name}`,
  removeTitle: (name) => `Delete the copy in ${name}?`,
  removeAbout: (facts) =>
    `The copy of ${facts.backup} in ${facts.store} will be deleted. The original backup and the other copies stay.`,
};
