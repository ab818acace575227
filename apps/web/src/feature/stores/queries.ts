import type { PanelApi, RouterInputs, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";

export type Store = RouterOutputs["stores"]["get"];
export type StoreChoice = RouterOutputs["stores"]["ofResource"];
export type NewStoreChoice = Omit<RouterInputs["stores"]["chooseForResource"], "resourceId">;
export type StoreTest = RouterOutputs["stores"]["test"];

const MOST = 200;

export const storesQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["stores"],
    queryFn: ({ signal }) => api.stores.list.query({ limit: MOST }, { signal }),
  });
