import { useQuery } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
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

const MOST_NAMED = 3;

/** As the catalogue names an archive that holds everything there is. */
const ALL = "*";

/** The one thing that a backup holds; undefined when it holds several, or a server as a whole. */
export function singleUnit(
  backup: Held,
  capabilities: EngineFacts["capabilities"] | undefined,
): string | undefined {
  if (capabilities?.unit === "server") return undefined;
  if (backup.unit !== ALL) return backup.unit;
  return backup.units.length === 1 ? backup.units[0]?.name : undefined;
}

type Held = Pick<Backup, "unit" | "units" | "dbType">;

/** What a backup holds, in words. */
export function useUnitName(): (backup: Held) => string {
  const t = useText();
  const format = useFormat();
  const capabilities = useCapabilities();
  return (backup) => {
    const known = capabilities(backup.dbType ?? "files");
    const single = singleUnit(backup, known);
    if (single !== undefined) return single;
    const names = known?.unit === "server" ? [] : backup.units.map(({ name }) => name);
    if (names.length === 0) return t("backups.everything");
    // The last of the list tells how many are not named.
    const shown = names.length > MOST_NAMED ? names.slice(0, MOST_NAMED - 1) : names;
    const others = names.length - shown.length;
    return format.list(others === 0 ? shown : [...shown, t("backups.others", others)]);
  };
}
