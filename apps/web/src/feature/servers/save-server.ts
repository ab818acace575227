import type { PanelApi } from "@cofre/sdk/panel";
import type { HostKey, Server } from "./queries.ts";
import { authFrom, type ServerDraft } from "./server-draft.ts";

interface ToSave {
  readonly server: Server | undefined;
  readonly draft: ServerDraft;
  /** As a person has just confirmed it; undefined keeps the one that is pinned. */
  readonly hostKey: HostKey | undefined;
}

/** Adds or changes a server; the API tries the connection before it keeps anything. */
export function saveServer(api: PanelApi, { server, draft, hostKey }: ToSave): Promise<Server> {
  const { name, user } = draft;
  if (server?.kind === "local") return api.servers.change.mutate({ id: server.id, name });
  const auth = authFrom(draft);
  const reach = {
    name,
    user,
    host: draft.host.trim(),
    port: Number(draft.port),
    ...(auth === undefined ? {} : { auth }),
    ...(hostKey === undefined ? {} : { hostKey }),
  };
  if (server !== undefined) return api.servers.change.mutate({ id: server.id, ...reach });
  const root = draft.backupRoot.trim();
  return api.servers.add.mutate({ ...reach, ...(root === "" ? {} : { backupRoot: root }) });
}
