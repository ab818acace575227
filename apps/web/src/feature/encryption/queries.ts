import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";

export type EncryptionKey = RouterOutputs["encryption"]["get"];
export type EncryptionChoice = RouterOutputs["encryption"]["ofResource"];
export type RecoveryKit = RouterOutputs["encryption"]["recoveryKit"];

const MOST = 200;

export const encryptionKeysQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["encryption-keys"],
    queryFn: ({ signal }) => api.encryption.list.query({ limit: MOST }, { signal }),
  });
