import { A, type RouteSectionProps, useParams, useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { type ParentProps, Show, Suspense } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EngineMark } from "../../ui/engine-mark.tsx";
import { Faces } from "../../ui/faces.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { PageHead } from "../../ui/panel.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { CreateBackupDialog } from "../backups/create-backup-dialog.tsx";
import { useCapabilities } from "../backups/unit-name.ts";
import { rememberProject } from "../layout/chosen-project.ts";
import { SafetyLine } from "../safety/safety-line.tsx";
import { useServerName } from "../servers/server-name.ts";
import { useMay } from "../session/me.tsx";
import { ConsoleDialog } from "./console-dialog.tsx";
import { LogsDialog } from "./logs-dialog.tsx";
import { type Resource, resourceQuery } from "./queries.ts";
import { ResourceContext } from "./resource-context.tsx";
import { StatusWord, useEngineLabel, useHasConsole, versionOf } from "./resource-facts.tsx";
import { RestartDialog } from "./restart-dialog.tsx";

/** Dialogs that an address can open, so that the palette can offer them. */
const OPENS = ["backup", "logs", "restart", "console"] as const;

/** Everything about one resource; its parts are tabs with addresses of their own. */
export function ResourcePage(props: RouteSectionProps) {
  const api = useApi();
  const params = useParams();
  const resource = useQuery(() =>
    resourceQuery(api, { projectId: params.projectId ?? "", id: params.resourceId ?? "" }),
  );
  rememberProject(params.projectId ?? "");
  return (
    <Faces of={resource} skeleton={<ListSkeleton rows={4} mark />}>
      {(known) => <Opened resource={known()}>{props.children}</Opened>}
    </Faces>
  );
}

function Opened(props: ParentProps<{ resource: Resource }>) {
  const t = useText();
  const label = useEngineLabel();
  const capabilities = useCapabilities();
  const serverOf = useServerName();
  const page = () => `/projects/${props.resource.projectId}/resources/${props.resource.id}`;
  const facts = () =>
    [
      `${label(props.resource.type)} ${versionOf(props.resource)}`.trim(),
      t("resources.onServer", serverOf(props.resource.serverName)),
    ].join(" · ");
  return (
    <ResourceContext.Provider value={() => props.resource}>
      <div class="flex flex-col gap-4">
        <A
          href={`/projects/${props.resource.projectId}`}
          class="-mb-2 inline-flex items-center gap-1 self-start text-[13px]/5 text-muted hover:text-base-content"
        >
          <Icon name="chevronRight" class="size-3.5 rotate-180" />
          {t("frame.resources")}
        </A>
        <PageHead
          title={props.resource.name}
          mark={<EngineMark engine={props.resource.type} size="large" />}
          about={
            <span class="flex flex-wrap gap-x-3">
              {facts()}
              <StatusWord resource={props.resource} />
            </span>
          }
          acts={<HeadActs resource={props.resource} />}
        />
        <SafetyLine resource={props.resource} />
        <Tabs
          label={t("resources.tabs")}
          tabs={[
            { href: page(), label: t("resources.tabBackups"), end: true },
            { href: `${page()}/schedule`, label: t("resources.tabSchedule") },
            ...(capabilities(props.resource.type)?.unit === "bucket"
              ? [{ href: `${page()}/browse`, label: t("buckets.tab") }]
              : []),
            { href: `${page()}/activity`, label: t("resources.tabActivity") },
            { href: `${page()}/settings`, label: t("resources.tabSettings") },
          ]}
        />
        <Suspense fallback={<ListSkeleton />}>{props.children}</Suspense>
      </div>
    </ResourceContext.Provider>
  );
}

function HeadActs(props: { resource: Resource }) {
  const t = useText();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const open = () => OPENS.find((known) => known === search.act);
  const setOpen = (act?: (typeof OPENS)[number]) => setSearch({ act }, { replace: true });
  const hasConsole = useHasConsole();
  const isContainer = () => props.resource.containerId !== null && props.resource.status !== "missing";
  return (
    <Show when={may("operator")}>
      <Button look="main" icon="archive" onClick={() => setOpen("backup")}>
        {t("backups.create")}
      </Button>
      <Show when={isContainer()}>
        <Menu label={t("acts.moreOf", props.resource.name)} class="btn btn-square btn-plain">
          <MenuItem icon="scroll" onSelect={() => setOpen("logs")}>
            {t("resources.logs")}
          </MenuItem>
          <MenuItem icon="power" onSelect={() => setOpen("restart")}>
            {t("resources.restart")}
          </MenuItem>
          <Show when={hasConsole(props.resource)}>
            <MenuItem icon="activity" onSelect={() => setOpen("console")}>
              {t("webConsole.reach")}
            </MenuItem>
          </Show>
        </Menu>
      </Show>
      <Show when={open() === "backup"}>
        <CreateBackupDialog resource={props.resource} onClose={() => setOpen()} />
      </Show>
      <Show when={open() === "logs"}>
        <LogsDialog resource={props.resource} onClose={() => setOpen()} />
      </Show>
      <Show when={open() === "restart"}>
        <RestartDialog resource={props.resource} onClose={() => setOpen()} />
      </Show>
      <Show when={open() === "console"}>
        <ConsoleDialog resource={props.resource} onClose={() => setOpen()} />
      </Show>
    </Show>
  );
}
