import type { ptBr } from "../pt-br.ts";

export const faultCard: typeof ptBr.faultCard = {
  details: "Technical details",
  code: "Code",
  request: "Request",
  job: "Job",
  said: "The system's words",
  hint: "Suggestion",
  tail: "The program's last words",
  serverSaid: "The server said:",
  asItWas: "The data is as it was.",
  changed: "The data is no longer what it was: it may be gone or half restored.",
  goBack: "To go back to what was there, restore the safety backup.",
  restoreOther: "Restore again, or restore another backup.",
  copy: "Copy details",
  list: "Could not load this",
  page: "Could not open this page",
};

export const fault: typeof ptBr.fault = {
  offline: { found: "Cofre did not answer", next: "Check your connection and try again." },
  "input.invalid": { found: "Something that was sent is not valid", next: "Correct the marked fields." },
  "auth.required": { found: "You need to sign in", next: "Sign in again to continue." },
  "auth.forbidden": {
    found: "Your role does not allow this",
    next: "Ask whoever administers the organization.",
  },
  "not.found": { found: "It is no longer here", next: "Go back to the list and see whether it was removed." },
  "state.conflict": { found: "Not possible in the present state", next: "See the reason in the details." },
  "resource.busy": { found: "Another job is using this resource", next: "Wait for it to end, or cancel it." },
  "rate.limited": { found: "Too many requests in a short time", next: "Wait a minute and try again." },
  "input.too-large": { found: "It is too large", next: "Send something smaller." },
  "range.unsatisfiable": { found: "The part asked for does not exist", next: "Start the download again." },
  "engine.unsupported": {
    found: "This is not possible for this kind of resource",
    next: "See the reason in the details.",
  },
  "engine.version": {
    found: "The versions do not fit",
    next: "Restore into a server of the same or a newer version.",
  },
  "server.unreachable": {
    found: "The server did not answer",
    next: "Check that it is on and that address and port are right.",
  },
  "server.auth": { found: "The server refused the login", next: "Check the user, the password or the key." },
  "server.host-key": {
    found: "The server's key is not the confirmed one",
    next: "If the server was reinstalled, confirm the new key. If not, somebody may be in between.",
  },
  "server.permission": {
    found: "The user lacks permission on the server",
    next: "Grant the permission or use another user.",
  },
  "server.tool-missing": {
    found: "A program is missing on the server",
    next: "Install the program named in the details.",
  },
  "server.no-space": { found: "The server's disk is full", next: "Free space or keep fewer backups." },
  "server.read-only": { found: "The server's disk is read-only", next: "Check the disk on the server." },
  "server.no-docker": {
    found: "No containers within reach on this server",
    next: "Give the user access to Docker, or sudo without a password.",
  },
  "target.unreachable": {
    found: "The database did not answer",
    next: "Check that the container is running.",
  },
  "target.auth": {
    found: "The database refused the password",
    next: "Correct the credentials in the resource's settings.",
  },
  "target.missing": {
    found: "The target does not exist",
    next: "Check the name of the container, database or folder.",
  },
  "target.permission": {
    found: "Permission is missing in the database",
    next: "Use a user who may read everything.",
  },
  "target.unsuitable": { found: "The target is not in a fit state", next: "See the reason in the details." },
  "hook.failed": {
    found: "A command around the backup failed",
    next: "See its words in the details, mend it and try again.",
  },
  "dump.failed": {
    found: "Copying the data failed",
    next: "See the database's words in the details and try again.",
  },
  "dump.incomplete": {
    found: "Copying the data stopped before the end",
    next: "Try again. Nothing incomplete was kept.",
  },
  "restore.failed": { found: "The restore failed", next: "See the details for what happened." },
  "restore.mismatch": {
    found: "What was loaded does not match the backup",
    next: "Validate the backup or choose another.",
  },
  "store.unavailable": {
    found: "The place of the backups did not answer",
    next: "Check the store: the server or the S3 where they rest.",
  },
  "store.no-space": { found: "There is no space for the backup", next: "Free space or keep fewer backups." },
  "store.exists": { found: "A file of that name is already there", next: "Try again." },
  "archive.missing": { found: "The backup's file is no longer there", next: "Choose another backup." },
  "archive.damaged": {
    found: "The backup's file is damaged",
    next: "Do not use it. Choose another and create a new one.",
  },
  "archive.foreign": {
    found: "The file is not of this kind of resource",
    next: "Choose a backup of the same kind.",
  },
  "job.cancelled": { found: "It was cancelled", next: "Start again whenever you like." },
  "job.interrupted": { found: "It was interrupted before its end", next: "Try again." },
  "job.stalled": { found: "It stopped giving signs of life", next: "Check the server and try again." },
  bug: { found: "Something broke on our side", next: "Try again. If it repeats, send the details." },
};
