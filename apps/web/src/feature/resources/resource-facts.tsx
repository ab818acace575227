import type { ResourceStatus } from "@cofre/core/model";
import { useQuery } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { enginesQuery, type Resource } from "./queries.ts";

const DOTS: Readonly<Record<ResourceStatus, string>> = {
  running: "bg-current",
  stopped: "border border-current",
  missing: "border border-dashed border-current",
  unknown: "border border-current opacity-60",
};

/** `● Rodando`: the dot is filled only while it runs. */
export function StatusWord(props: { resource: Resource }) {
  const t = useText();
  const health = () => {
    const { health, status } = props.resource;
    return status === "running" && health !== null && health !== "healthy"
      ? `, ${t(`resources.health.${health}`)}`
      : "";
  };
  return (
    <span class="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span class={`size-2 rounded-full ${DOTS[props.resource.status]}`} aria-hidden="true" />
      {t(`resources.status.${props.resource.status}`)}
      {health()}
    </span>
  );
}

/** The engine's own name; the engines themselves say it, so that a new one needs no word here. */
export function useEngineLabel(): (engine: string) => string {
  const api = useApi();
  const t = useText();
  const engines = useQuery(() => enginesQuery(api));
  return (engine) => {
    if (engine === "files") return t("engines.files");
    const known = engines.isPending ? undefined : engines.data?.items.find((other) => other.id === engine);
    return known?.label ?? engine;
  };
}

/** Whether the product of that engine may have a web console of its own. */
export function useHasConsole(): (resource: Resource) => boolean {
  const api = useApi();
  const engines = useQuery(() => enginesQuery(api));
  return ({ type }) =>
    !engines.isPending && engines.data?.items.find((other) => other.id === type)?.webConsole === true;
}

/** `PostgreSQL 15.18`, without what the distribution adds. */
export function versionOf(resource: Pick<Resource, "version">): string {
  return resource.version?.split(" ")[0] ?? "";
}
