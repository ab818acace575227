import type { PanelApi } from "@cofre/sdk/panel";
import type { Store } from "./queries.ts";
import type { StoreDraft } from "./store-draft.ts";

interface ToSave {
  readonly store: Store | undefined;
  readonly draft: StoreDraft;
  /** False keeps it without writing to it. */
  readonly test: boolean;
}

/** Adds or changes a store; what can be reached anew is tried before it is kept. */
export function saveStore(api: PanelApi, { store, draft, test }: ToSave): Promise<Store> {
  const name = draft.name.trim();
  const { kind, isDefault } = draft;
  if (store !== undefined) {
    const change = kind === "s3" ? { s3: s3Change(draft), test } : { isDefault };
    return api.stores.change.mutate({ id: store.id, name, ...change });
  }
  if (kind === "s3") return api.stores.add.mutate({ name, kind, s3: newS3(draft), test });
  const { serverId, root } = draft;
  return api.stores.add.mutate({ name, kind, serverId, root: root.trim(), isDefault, test });
}

function reachOf({ endpoint, region, accessKey, pathStyle }: StoreDraft) {
  return {
    endpoint: endpoint.trim(),
    region: region.trim() || "us-east-1",
    accessKey: accessKey.trim(),
    pathStyle,
  };
}

function lockOf({ lockMode, lockDays }: StoreDraft) {
  return lockMode === "none" ? null : { mode: lockMode, days: Number(lockDays) };
}

function newS3(draft: StoreDraft) {
  const lock = lockOf(draft);
  const [storageClass, ca] = [draft.storageClass.trim(), draft.ca.trim()];
  return {
    ...reachOf(draft),
    bucket: draft.bucket.trim(),
    prefix: draft.prefix.trim(),
    secretKey: draft.secretKey,
    ...(storageClass === "" ? {} : { storageClass }),
    ...(lock === null ? {} : { lock }),
    ...(ca === "" ? {} : { ca: `${ca}\n` }),
  };
}

function s3Change(draft: StoreDraft) {
  const ca = draft.ca.trim();
  return {
    ...reachOf(draft),
    ...(draft.secretKey === "" ? {} : { secretKey: draft.secretKey }),
    storageClass: draft.storageClass.trim() || null,
    lock: lockOf(draft),
    ca: ca === "" ? null : `${ca}\n`,
  };
}
