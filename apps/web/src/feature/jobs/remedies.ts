import type { IconName } from "../../ui/icon.tsx";
import type { Role } from "../session/queries.ts";
import type { Job } from "./queries.ts";

/** As much of a job, or of a backup, as tells what can be done about its fault. */
export interface Failed extends Pick<Job, "kind" | "projectId" | "serverId" | "resourceId"> {
  readonly error: Pick<NonNullable<Job["error"]>, "code" | "targetChanged" | "safetyBackupId"> | null;
}

export interface Remedy {
  /** Its word in the dictionary, under `remedy`. */
  readonly word:
    | "again"
    | "chooseBackup"
    | "fixCredentials"
    | "fixServer"
    | "goBack"
    | "keepLess"
    | "seeServers"
    | "seeSettings"
    | "seeStores";
  readonly href: string;
  readonly icon: IconName;
  /** Who finds something to do there. */
  readonly role: Role;
}

/** What can be done about a failure, the cure of its cause first; at the end the way to try again. */
export function remediesOf(failed: Failed): readonly Remedy[] {
  const cures = curesOf(failed);
  const again = againOf(failed).filter(({ href }) => cures.every((cure) => cure.href !== href));
  return [...cures, ...again];
}

function curesOf(failed: Failed): readonly Remedy[] {
  const { code = "", targetChanged, safetyBackupId } = failed.error ?? {};
  const isAbout = (...beginnings: readonly string[]) => beginnings.some((one) => code.startsWith(one));
  if (targetChanged === true) return safetyBackupId == null ? onPage(failed, BACKUPS) : goBack(failed);
  if (isAbout("server.no-space", "store.no-space")) return onPage(failed, KEEP_LESS);
  if (isAbout("server.auth", "server.host-key", "server.unreachable")) return [fixServer(failed)];
  if (isAbout("server.")) return [SERVERS];
  if (isAbout("store.")) return [STORES];
  if (isAbout("archive.")) return onPage(failed, BACKUPS);
  if (isAbout("target.auth")) return onPage(failed, { ...SETTINGS, word: "fixCredentials" });
  return isAbout("target.", "hook.") ? onPage(failed, SETTINGS) : [];
}

function againOf(failed: Failed): readonly Remedy[] {
  if (failed.kind === "backup") return onPage(failed, AGAIN);
  if (failed.kind === "sync") return onPage(failed, SETTINGS);
  return failed.kind === "delete" || failed.kind === "scan" ? [] : onPage(failed, BACKUPS);
}

const SERVERS: Remedy = { word: "seeServers", href: "/servers", icon: "server", role: "viewer" };
const STORES: Remedy = { word: "seeStores", href: "/stores", icon: "archive", role: "viewer" };

/** On the page of the resource: where on it, and what for. */
type OnPage = Omit<Remedy, "href"> & { readonly at: string };
const AGAIN: OnPage = { word: "again", at: "?act=backup", icon: "refresh", role: "operator" };
const BACKUPS: OnPage = { word: "chooseBackup", at: "", icon: "archive", role: "viewer" };
const KEEP_LESS: OnPage = { word: "keepLess", at: "/schedule", icon: "trash", role: "admin" };
const SETTINGS: OnPage = { word: "seeSettings", at: "/settings", icon: "gear", role: "admin" };

function onPage({ projectId, resourceId }: Failed, { at, ...remedy }: OnPage): readonly Remedy[] {
  if (projectId === null || resourceId === null) return [];
  return [{ ...remedy, href: `/projects/${projectId}/resources/${resourceId}${at}` }];
}

function goBack(failed: Failed): readonly Remedy[] {
  const at = `?restore=${failed.error?.safetyBackupId}`;
  return onPage(failed, { word: "goBack", at, icon: "restore", role: "operator" });
}

function fixServer({ serverId }: Failed): Remedy {
  if (serverId === null) return SERVERS;
  return { word: "fixServer", href: `/servers?edit=${serverId}`, icon: "edit", role: "admin" };
}
