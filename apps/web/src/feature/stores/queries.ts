import type { PanelApi, RouterInputs, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions } from "@tanstack/solid-query";
import { everyPage } from "../../platform/every-page.ts";

export type Store = RouterOutputs["stores"]["get"];
export type StoreChoice = RouterOutputs["stores"]["ofResource"];
export type NewStoreChoice = Omit<RouterInputs["stores"]["chooseForResource"], "resourceId">;
export type StoreTest = RouterOutputs["stores"]["test"];

export const storesQuery = (api: PanelApi) =>
  queryOptions({
    queryKey: ["stores"],
    queryFn: ({ signal }) => everyPage((from) => api.stores.list.query(from, { signal })),
  });
