import { pluralIn } from "../plural.ts";
import type { ptBr } from "../pt-br.ts";

const many = pluralIn("en");

export const servers: typeof ptBr.servers = {
  title: "Servers",
  about: "The machines where the resources live. Cofre reaches them by SSH and installs nothing.",
  empty: "No servers yet",
  emptyHelp: "Add one by SSH so that its containers are found.",
  add: "Add server",
  local: "this machine",
  status: { online: "Online", offline: "Offline", unknown: "Not seen yet" },
  resources: (count) => (count === 0 ? "no resources" : many(count, "resource", "resources")),
  disk: (facts) => `${facts.free} free of ${facts.total}`,
  diskLabel: "Disk",
  diskUnknown: "disk unknown",
  scanned: (ago) => `looked at ${ago}`,
  neverScanned: "never looked at",
  noDocker: "no containers",
  test: "Test",
  testOf: (name) => `Test ${name}`,
  testTitle: (name) => `Test of ${name}`,
  testOk: "All is well",
  testFailed: "The connection did not work",
  scan: "Look for resources",
  scanDone: (facts) =>
    `${many(facts.found, "resource found", "resources found")}, ${many(facts.added, "new", "new")}.`,
  edit: "Edit",
  remove: "Remove",
  removeTitle: (name) => `Remove ${name}`,
  removeAbout: (name) =>
    `Cofre no longer reaches ${name} nor looks after what is there. Nothing is deleted on the server.`,
  removeAct: (name) => `Remove ${name}`,
  removeKeeping: (name) => `Remove ${name} and keep what stays listed`,
  stays: (facts) =>
    [
      facts.resources === "" ? "" : `Added by hand and with backups: ${facts.resources}.`,
      facts.backups === 0
        ? ""
        : `${many(facts.backups, "backup of another server rests here", "backups of other servers rest here")}.`,
      "They stay listed, but out of reach until the server is added again.",
    ]
      .filter(Boolean)
      .join(" "),
  removed: (facts) =>
    facts.kept === ""
      ? `${facts.server} was removed.`
      : `${facts.server} was removed. These stay listed, with their backups: ${facts.kept}.`,
  listName: "List of servers",
  system: "System",
  containers: "Containers",
  user: "User",
  tools: "Programs",
  root: "root",
  sudo: "sudo without a password",
  took: "Answer time",
  warnings: "Works, but could be better",
};

export const addServer: typeof ptBr.addServer = {
  title: "Add server",
  editTitle: (name) => `Edit ${name}`,
  name: "Name",
  nameHelp: "What you call it: web-1, db-2.",
  host: "Address",
  hostHelp: "Name or IP, as in the ssh command.",
  port: "Port",
  user: "User",
  userHelp: "With access to Docker, or sudo without a password.",
  auth: "How to log in",
  authPassword: "Password",
  authKey: "Private key",
  authKeep: "Keep as it is",
  password: "Password",
  key: "Private key",
  keyHelp: "Paste the whole file, from BEGIN to END. It is kept encrypted.",
  passphrase: "Passphrase",
  passphraseHelp: "Only if the key has one.",
  root: "Backup folder",
  rootHelp: "Empty: /opt/backups, or the user's home.",
  fetch: "Continue",
  keyTitle: "Is this really your server?",
  keyAbout: (host) => `${host} showed this key. Compare it with the one on the server before you trust it.`,
  keyCompare: "On the server, this command shows the same line:",
  fingerprint: "Fingerprint",
  algorithm: "Algorithm",
  confirm: "The key matches, connect",
  save: "Test and save",
  refused: "The connection did not work",
  added: (name) => `${name} was added.`,
  saved: (name) => `${name} was saved.`,
  lookAgain: "See the present key",
  newKey: "The server's key has changed",
};
