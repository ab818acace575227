import { useQuery } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { type EngineFacts, enginesQuery } from "../resources/queries.ts";
import type { Backup } from "./queries.ts";

/** What an engine can promise; undefined until the engines are known. */
export function useCapabilities(): (engine: string) => EngineFacts["capabilities"] | undefined {
  const api = useApi();
  const engines = useQuery(() => enginesQuery(api));
  return (engine) =>
    engines.isPending ? undefined : engines.data?.items.find((known) => known.id === engine)?.capabilities;
}

/** What a backup holds, in words: a server that is backed up as a whole has no name of its own for that. */
export function useUnitName(): (backup: Pick<Backup, "unit" | "dbType">) => string {
  const t = useText();
  const capabilities = useCapabilities();
  return (backup) =>
    capabilities(backup.dbType ?? "files")?.unit === "server" ? t("backups.everything") : backup.unit;
}
