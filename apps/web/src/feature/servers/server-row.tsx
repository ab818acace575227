import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Match, Show, Switch } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { faultCode } from "../../platform/fault-code.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault, FaultCard } from "../../ui/fault-card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { toast } from "../../ui/toast.tsx";
import { useMay } from "../session/me.tsx";
import { DiskMeter } from "./disk-meter.tsx";
import type { Server } from "./queries.ts";
import { RemoveServerDialog } from "./remove-server-dialog.tsx";
import { ServerDialog } from "./server-dialog.tsx";
import { ServerWords } from "./server-words.tsx";
import { TestServerDialog } from "./test-server-dialog.tsx";

type Open = "edit" | "test" | "remove";

export function ServerRow(props: { server: Server }) {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const queries = useQueryClient();
  const [open, setOpen] = createSignal<Open>();
  const scan = useMutation(() => ({
    mutationFn: () => api.servers.scan.mutate({ id: props.server.id }),
    onSuccess: (found) => toast(t("servers.scanDone", found)),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["servers"] });
      void queries.invalidateQueries({ queryKey: ["resources"] });
    },
  }));
  const close = () => setOpen();
  return (
    <li
      data-row
      tabindex="-1"
      class="grid items-center gap-x-6 gap-y-3 border-t border-line px-4 py-3.5 first:border-t-0 hover:bg-(--hover) focus-visible:-outline-offset-2 md:grid-cols-[minmax(0,1fr)_200px_auto]"
    >
      <div class="flex min-w-0 items-start gap-3">
        <span class="inline-grid size-10 shrink-0 place-items-center rounded-lg border border-line bg-sunken">
          <Icon name="server" class="size-5" />
        </span>
        <ServerWords server={props.server} />
      </div>
      <DiskMeter free={props.server.diskFreeBytes} total={props.server.diskTotalBytes} />
      <div class="flex items-center gap-1.5">
        <Show when={may("operator")}>
          <Button aria-label={t("servers.testOf", props.server.name)} onClick={() => setOpen("test")}>
            {t("servers.test")}
          </Button>
          <Button busy={scan.isPending} onClick={() => scan.mutate()}>
            {t("servers.scan")}
          </Button>
        </Show>
        <Show when={may("admin")}>
          <Menu label={t("acts.moreOf", props.server.name)}>
            <MenuItem icon="edit" onSelect={() => setOpen("edit")}>
              {t("servers.edit")}
            </MenuItem>
            <MenuLine />
            <MenuItem icon="trash" danger onSelect={() => setOpen("remove")}>
              {t("servers.remove")}
            </MenuItem>
          </Menu>
        </Show>
      </div>
      <Show when={props.server.error ?? scan.error}>
        <div class="md:col-span-3">
          <Show
            when={scan.error}
            fallback={<KeptFault server={props.server} onFix={() => setOpen("edit")} />}
          >
            <CaughtFault attempted={t("servers.scan")} error={scan.error} onRetry={() => scan.mutate()} />
          </Show>
        </div>
      </Show>
      <Switch>
        <Match when={open() === "edit"}>
          <ServerDialog server={props.server} onClose={close} />
        </Match>
        <Match when={open() === "test"}>
          <TestServerDialog server={props.server} onClose={close} />
        </Match>
        <Match when={open() === "remove"}>
          <RemoveServerDialog server={props.server} onClose={close} />
        </Match>
      </Switch>
    </li>
  );
}

/** Why it could not be reached last time, with the way to correct it. */
function KeptFault(props: { server: Server; onFix: () => void }) {
  const t = useText();
  const may = useMay();
  return (
    <Show when={props.server.error}>
      {(error) => (
        <FaultCard
          attempted={t("servers.testFailed")}
          fault={{ ...error(), code: faultCode(error().code) }}
          act={
            <Show when={may("admin") && props.server.kind === "ssh"}>
              <Button icon="edit" onClick={() => props.onFix()}>
                {t("servers.edit")}
              </Button>
            </Show>
          }
        />
      )}
    </Show>
  );
}
