import type { Store } from "./queries.ts";

/** What the form holds. */
export interface StoreDraft {
  name: string;
  serverId: string;
  root: string;
  isDefault: boolean;
}

export function draftOf(store: Store | undefined): StoreDraft {
  return {
    name: store?.name ?? "",
    serverId: store?.serverId ?? "",
    root: store?.root ?? "",
    isDefault: store?.isDefault ?? false,
  };
}
