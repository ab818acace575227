import type { PanelApi } from "@cofre/sdk/panel";
import type { Store } from "./queries.ts";
import type { StoreDraft } from "./store-draft.ts";

interface ToSave {
  readonly store: Store | undefined;
  readonly draft: StoreDraft;
  /** False adds it without writing to it. */
  readonly test: boolean;
}

/** Adds or changes a store. */
export function saveStore(api: PanelApi, { store, draft, test }: ToSave): Promise<Store> {
  const name = draft.name.trim();
  const { isDefault, serverId } = draft;
  if (store !== undefined) return api.stores.change.mutate({ id: store.id, name, isDefault });
  return api.stores.add.mutate({ name, serverId, root: draft.root.trim(), isDefault, test });
}
