import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";
import { everyPage } from "../../platform/every-page.ts";

export type EncryptionKey = RouterOutputs["encryption"]["get"];
export type EncryptionChoice = RouterOutputs["encryption"]["ofResource"];
export type RecoveryKit = RouterOutputs["encryption"]["recoveryKit"];

export const encryptionKeysQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["encryption-keys"],
    queryFn: ({ signal }) => everyPage((from) => api.encryption.list.query(from, { signal })),
  });
