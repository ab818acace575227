import type { Server, ServerAuth } from "./queries.ts";

export type AuthKind = "keep" | "password" | "key";

/** What the form holds; what is secret lives only while the dialog is open. */
export interface ServerDraft {
  name: string;
  host: string;
  port: string;
  user: string;
  authKind: AuthKind;
  password: string;
  privateKey: string;
  passphrase: string;
  backupRoot: string;
}

const SSH_PORT = 22;

export function draftOf(server: Server | undefined): ServerDraft {
  return {
    name: server?.name ?? "",
    host: server?.host ?? "",
    port: String(server?.port ?? SSH_PORT),
    user: server?.user ?? "root",
    authKind: server === undefined ? "key" : "keep",
    password: "",
    privateKey: "",
    passphrase: "",
    backupRoot: "",
  };
}

/** What goes in; undefined keeps what is there. */
export function authFrom(draft: ServerDraft): ServerAuth | undefined {
  if (draft.authKind === "keep") return undefined;
  if (draft.authKind === "password") return { password: draft.password };
  const key = { privateKey: `${draft.privateKey.trim()}\n` };
  return draft.passphrase === "" ? key : { ...key, passphrase: draft.passphrase };
}

/** Whether the key of the server has to be looked at (again) before it is saved. */
export function needsHostKey(draft: ServerDraft, server: Server | undefined): boolean {
  if (server?.kind === "local") return false;
  if (server === undefined || server.hostKey === null || server.error?.code === "server.host-key")
    return true;
  return draft.host !== server.host || Number(draft.port) !== server.port;
}
