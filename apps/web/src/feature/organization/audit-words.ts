import { useText } from "../../platform/text.tsx";

const THINGS = [
  "apiKeys",
  "audit",
  "backups",
  "buckets",
  "copies",
  "encryption",
  "hooks",
  "jobs",
  "projects",
  "resources",
  "schedules",
  "servers",
  "session",
  "setup",
  "stores",
  "sync",
] as const;

const DONE = [
  "add",
  "backup",
  "browse",
  "cancel",
  "change",
  "changeOrganization",
  "changePassword",
  "check",
  "chooseForProject",
  "chooseForResource",
  "cleanup",
  "complete",
  "confirmKit",
  "create",
  "download",
  "downloadLink",
  "expire",
  "get",
  "hostKey",
  "inspect",
  "list",
  "logs",
  "put",
  "read",
  "recoveryKit",
  "remove",
  "resetPassword",
  "restart",
  "restore",
  "revoke",
  "revokeLinks",
  "run",
  "scan",
  "signIn",
  "signOut",
  "start",
  "test",
  "undo",
  "validate",
  "write",
  "zip",
] as const;

/** `backups.create` as `Backups: criar`; undefined for what this panel has no words for. */
export function useAuditWords(): (action: string) => string | undefined {
  const t = useText();
  return (action) => {
    // A reason may stand behind: `backups.expire beyond-rules`.
    const [thing, done] = (action.split(" ")[0] ?? "").split(".");
    const about = THINGS.find((known) => known === thing);
    const what = DONE.find((known) => known === done);
    if (about === undefined || what === undefined) return undefined;
    return `${t(`audit.things.${about}`)}: ${t(`audit.done.${what}`)}`;
  };
}
