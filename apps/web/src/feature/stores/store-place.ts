import { useQuery } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { serversQuery } from "../servers/queries.ts";
import { useServerName } from "../servers/server-name.ts";
import type { Store } from "./queries.ts";

/** Where a store is, in words: a folder and its server, or a bucket and its address. */
export function useStorePlace(): (store: Store) => string {
  const api = useApi();
  const t = useText();
  const nameOf = useServerName();
  const servers = useQuery(() => serversQuery(api));
  return (store) => {
    if (store.s3 !== null) {
      const { bucket, prefix, endpoint } = store.s3;
      const root = prefix === "" ? bucket : `${bucket}/${prefix}`;
      return t("stores.folderOn", { root, server: new URL(endpoint).host });
    }
    const known = servers.isPending ? [] : (servers.data?.items ?? []);
    const server = known.find(({ id }) => id === store.serverId);
    const root = store.root ?? "";
    return server === undefined ? root : t("stores.folderOn", { root, server: nameOf(server.name) });
  };
}
