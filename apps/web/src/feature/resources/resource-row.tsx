import { A } from "@solidjs/router";
import { createSignal, Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { EngineMark } from "../../ui/engine-mark.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { CreateBackupDialog } from "../backups/create-backup-dialog.tsx";
import { SafetyLine } from "../safety/safety-line.tsx";
import { useServerName } from "../servers/server-name.ts";
import { useMay } from "../session/me.tsx";
import { ConsoleDialog } from "./console-dialog.tsx";
import { LogsDialog } from "./logs-dialog.tsx";
import type { Resource } from "./queries.ts";
import { StatusWord, useEngineLabel, useHasConsole, versionOf } from "./resource-facts.tsx";
import { RestartDialog } from "./restart-dialog.tsx";

type Open = "logs" | "restart" | "console" | "backup";

/** One resource of the project: what it is, whether it is safe, what can be done. */
export function ResourceRow(props: { resource: Resource; withServer: boolean }) {
  const t = useText();
  const [open, setOpen] = createSignal<Open>();
  const page = () => `/projects/${props.resource.projectId}/resources/${props.resource.id}`;
  return (
    <li
      data-row
      tabindex="-1"
      class="grid items-center gap-y-3 border-t border-line px-4 py-3.5 first:border-t-0 hover:bg-(--hover) focus-visible:-outline-offset-2 lg:col-span-3 lg:grid-cols-subgrid"
    >
      <div class="flex min-w-0 items-start gap-3">
        <EngineMark engine={props.resource.type} size="large" />
        <div class="min-w-0">
          <A href={page()} data-opens class="font-semibold underline-offset-2 hover:underline">
            {props.resource.name}
          </A>
          <ResourceWords resource={props.resource} withServer={props.withServer} />
        </div>
      </div>
      <SafetyLine resource={props.resource} withProgress />
      <div class="flex flex-wrap items-center gap-1.5 max-sm:[&>a]:basis-full lg:justify-end">
        <ButtonLink href={page()} label={t("resources.manageOf", props.resource.name)}>
          {t("resources.manage")}
        </ButtonLink>
        <RowActs resource={props.resource} onOpen={setOpen} />
      </div>
      <Show when={open() === "logs"}>
        <LogsDialog resource={props.resource} onClose={() => setOpen()} />
      </Show>
      <Show when={open() === "restart"}>
        <RestartDialog resource={props.resource} onClose={() => setOpen()} />
      </Show>
      <Show when={open() === "console"}>
        <ConsoleDialog resource={props.resource} onClose={() => setOpen()} />
      </Show>
      <Show when={open() === "backup"}>
        <CreateBackupDialog resource={props.resource} onClose={() => setOpen()} />
      </Show>
    </li>
  );
}

function ResourceWords(props: { resource: Resource; withServer: boolean }) {
  const t = useText();
  const label = useEngineLabel();
  const serverOf = useServerName();
  const what = () =>
    [
      `${label(props.resource.type)} ${versionOf(props.resource)}`.trim(),
      props.withServer ? t("resources.onServer", serverOf(props.resource.serverName)) : undefined,
    ]
      .filter(Boolean)
      .join(" · ");
  /** Said only where it differs from the resource's own name, which is usually the container's. */
  const container = () => {
    const { containerName, name } = props.resource;
    return containerName === null || containerName === name ? undefined : containerName;
  };
  return (
    <>
      <p class="text-[13px]/5 text-muted">{what()}</p>
      <p class="flex flex-wrap gap-x-3 text-[13px]/5 text-muted">
        <Show when={props.resource.containerName ?? props.resource.config.port}>
          <StatusWord resource={props.resource} />
        </Show>
        <Show when={props.resource.config.port}>{(port) => <span>{t("resources.port", port())}</span>}</Show>
        <Show when={container()}>{(name) => <span>{t("resources.container", name())}</span>}</Show>
      </p>
    </>
  );
}

function RowActs(props: { resource: Resource; onOpen: (what: Open) => void }) {
  const t = useText();
  const may = useMay();
  const name = () => props.resource.name;
  const hasConsole = useHasConsole();
  const isContainer = () => props.resource.containerId !== null && props.resource.status !== "missing";
  return (
    <Show when={may("operator")}>
      <Show when={isContainer()}>
        <Show
          when={hasConsole(props.resource)}
          fallback={
            <>
              <Button aria-label={t("resources.logsOf", name())} onClick={() => props.onOpen("logs")}>
                {t("resources.logs")}
              </Button>
              <Button aria-label={t("resources.restartOf", name())} onClick={() => props.onOpen("restart")}>
                {t("resources.restart")}
              </Button>
            </>
          }
        >
          <Button aria-label={t("webConsole.of", name())} onClick={() => props.onOpen("console")}>
            {t("webConsole.reach")}
          </Button>
        </Show>
      </Show>
      <Menu label={t("acts.moreOf", name())}>
        <Show when={isContainer() && hasConsole(props.resource)}>
          <MenuItem icon="scroll" onSelect={() => props.onOpen("logs")}>
            {t("resources.logs")}
          </MenuItem>
          <MenuItem icon="power" onSelect={() => props.onOpen("restart")}>
            {t("resources.restart")}
          </MenuItem>
        </Show>
        <MenuItem icon="archive" onSelect={() => props.onOpen("backup")}>
          {t("backups.create")}
        </MenuItem>
      </Menu>
    </Show>
  );
}
