import type { ptBr } from "../pt-br.ts";

export const encryption: typeof ptBr.encryption = {
  title: "Encryption",
  about: "With a key, backups open only for those who have it. Only the public part goes to the server.",
  listName: "Encryption keys",
  empty: "No key yet",
  emptyHelp: "Backups rest as the database gives them. Make a key, so that only you can open them.",
  create: "New key",
  state: { unconfirmed: "Kit not saved yet", active: "In use", retired: "Replaced" },
  stateHelp: {
    unconfirmed: "Nothing is encrypted with it before its recovery kit was saved and confirmed.",
    active: "New backups can be encrypted with it.",
    retired: "It only opens what was encrypted with it.",
  },
  opens: "Cofre opens, restores and validates",
  opensNot: "only the owner of the private part opens",
  expires: (when) => `valid until ${when}`,
  fingerprint: "Fingerprint",
  copyPublic: "Copy public part",
  kit: "Save kit",
  kitOf: (name) => `Save the recovery kit of ${name}`,
  kitAgain: "New recovery kit",
  askOwner: "Only the organization's owner saves the kit.",
  replace: "Replace by another",
  remove: "Remove",
  removeTitle: (name) => `Remove ${name}`,
  removeAbout: (name) =>
    `The key ${name} will be deleted from Cofre. Only a key that no backup needs can go.`,
  removed: (name) => `${name} was removed.`,
};

export const encryptionForm: typeof ptBr.encryptionForm = {
  title: "New encryption key",
  replaceTitle: (name) => `Replace ${name}`,
  replaceAbout:
    "New backups go over to the new key once its kit is confirmed. The old one still opens what it encrypted.",
  name: "Name",
  nameHelp: "How you recognize it: Shop 2027.",
  how: "Where it comes from",
  hows: { make: "Cofre makes it", private: "I have an OpenPGP key", public: "Only somebody's public part" },
  howHelp: {
    make: "The private part is kept encrypted in Cofre, and a copy goes into the recovery kit.",
    private: "Cofre keeps the private part to restore and validate.",
    public: "It goes beside a key that Cofre opens: its owner will be able to open the backups too.",
  },
  privateKey: "Private key",
  publicKey: "Public key",
  keyHelp: "Paste the whole block, from BEGIN to END.",
  passphrase: "Key passphrase",
  passphraseHelp: "Only if the key has one.",
  act: "Create key",
  next: "Create and save the kit",
  refused: "The key was not accepted",
  added: (name) => `${name} was added.`,
};

export const recoveryKit: typeof ptBr.recoveryKit = {
  title: (name) => `Recovery kit of ${name}`,
  about:
    "The kit opens the backups even without Cofre. Without it, if this machine is lost, nothing that is encrypted comes back.",
  make: "Download the kit",
  again: "Download again",
  step1: "Keep the file far from this server",
  step1Help: (filename) => `${filename} was downloaded: a password vault, a USB stick, paper.`,
  step2: "Write down the passphrase, apart from the file",
  step2Help: "It opens the key in the kit. It will not be shown again.",
  copyPhrase: "Copy passphrase",
  step3: "Open the kit and type the code that is in it",
  step3Help: "It is in the line Code. The last four characters are enough.",
  code: "Code of the kit",
  confirm: "I saved the kit and the passphrase",
  confirmed: (name) => `${name} can be used to encrypt.`,
  attempted: "The kit could not be made",
  refused: "The kit was not confirmed",
};

export const encryptionChoice: typeof ptBr.encryptionChoice = {
  title: "Encryption of backups",
  about: "Holds for the next ones, those of the schedule too. Those that exist stay as they are.",
  mode: "New backups",
  inherit: { project: "As in the project", server: "Not encrypted" },
  plain: "Not encrypted, even if the project wants it",
  encrypted: "Encrypted with these keys",
  encryptedHelp: "Any of them opens. At least one must be Cofre's.",
  keys: "Keys",
  none: "There is no key in use yet.",
  goMake: "Make a key",
  save: "Save encryption",
  saved: "Encryption saved.",
  one: "Encryption",
  usual: "This resource's usual one",
  with: (name) => `Encrypt with ${name}`,
};

export const decrypt: typeof ptBr.decrypt = {
  title: "Download encrypted backup",
  how: "How to download",
  stored: "As it is kept",
  storedHelp: "Encrypted (.gpg). It resumes where it stopped and matches the SHA-256.",
  plain: "Decrypted",
  plainHelp: "Anyone who has the file can open it.",
  act: "Download",
};
