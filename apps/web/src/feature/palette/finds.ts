import type { InfiniteData } from "@tanstack/solid-query";
import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { type Translate, useText } from "../../platform/text.tsx";
import type { IconName } from "../../ui/icon.tsx";
import type { Backup } from "../backups/queries.ts";
import { useChosenProject } from "../layout/chosen-project.ts";
import { type Resource, resourcesQuery } from "../resources/queries.ts";
import { useMay } from "../session/me.tsx";

/** One line of the palette: where it goes. */
export interface Find {
  readonly group: "resources" | "backups" | "acts";
  readonly icon: IconName;
  readonly label: string;
  readonly aside: string;
  readonly href: string;
}

/** Resources of the open project, backups that were looked at, and the places of the panel. */
export function useFinds(): () => readonly Find[] {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const format = useFormat();
  const queries = useQueryClient();
  const project = useChosenProject();
  const resources = useQuery(() => ({
    ...resourcesQuery(api, project()?.id ?? ""),
    enabled: project() !== undefined,
  }));
  const known = () => (resources.isPending ? [] : (resources.data?.items ?? []));
  const backups = () =>
    queries
      .getQueriesData<InfiniteData<{ items: Backup[] }>>({ queryKey: ["backups"] })
      .flatMap(([, data]) => data?.pages.flatMap(({ items }) => items) ?? []);
  return () => [
    ...known().map((resource) => ({
      group: "resources" as const,
      icon: "resources" as const,
      label: resource.name,
      aside: t(`safety.name.${resource.safety.state}`),
      href: pageOf(resource),
    })),
    ...backups().map((backup) => ({
      group: "backups" as const,
      icon: "archive" as const,
      label: backup.filename ?? backup.unit,
      aside: format.day(backup.createdAt),
      href: pageOf({ projectId: backup.projectId, id: backup.resourceId }),
    })),
    ...places(t).filter(({ href }) => may("admin") || !href.endsWith("?act=add")),
    ...(may("operator") ? known().flatMap((resource) => actsOf(resource, t)) : []),
  ];
}

function pageOf(resource: { projectId: string; id: string }): string {
  return `/projects/${resource.projectId}/resources/${resource.id}`;
}

/** What is done with a resource without looking for it; logs and restart only where there is a container. */
function actsOf(resource: Resource, t: Translate): readonly Find[] {
  const backUp = act("archive", t("palette.backUp", resource.name), `${pageOf(resource)}?act=backup`);
  if (resource.containerId === null || resource.status === "missing") return [backUp];
  return [
    backUp,
    act("scroll", t("resources.logsOf", resource.name), `${pageOf(resource)}?act=logs`),
    act("power", t("resources.restartOf", resource.name), `${pageOf(resource)}?act=restart`),
  ];
}

function places(t: Translate): readonly Find[] {
  return [
    act("activity", t("frame.activity"), "/activity"),
    act("server", t("frame.servers"), "/servers"),
    act("plus", t("servers.add"), "/servers?act=add"),
    act("archive", t("frame.stores"), "/stores"),
    act("plus", t("stores.add"), "/stores?act=add"),
    act("key", t("encryption.title"), "/organization/encryption"),
    act("key", t("organization.keys"), "/organization/keys"),
    act("scroll", t("organization.audit"), "/organization/audit"),
  ];
}

function act(icon: IconName, label: string, href: string): Find {
  return { group: "acts", icon, label, aside: "", href };
}

/** Every typed word is somewhere in the line, without regard to case and accents. */
export function matching(finds: readonly Find[], typed: string): readonly Find[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return finds.filter((find) => words.every((word) => plain(`${find.label} ${find.aside}`).includes(word)));
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
