import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { For, onMount, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault, FaultCard } from "../../ui/fault-card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Facts } from "../../ui/panel.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import type { Server, ServerTest } from "./queries.ts";

/** Connects now and tells what it found: what works, what works worse than it could, what is in the way. */
export function TestServerDialog(props: { server: Server; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const test = useMutation(() => ({
    mutationFn: () => api.servers.test.mutate({ id: props.server.id }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["servers"] }),
  }));
  onMount(() => test.mutate());
  return (
    <Dialog title={t("servers.testTitle", props.server.name)} width={560} onClose={props.onClose}>
      <DialogBody>
        <CaughtFault attempted={t("servers.testFailed")} error={test.error} />
        <Show
          when={test.data}
          fallback={
            <Show when={test.isPending}>
              <ListSkeleton rows={2} />
            </Show>
          }
        >
          {(found) => <Found found={found()} />}
        </Show>
      </DialogBody>
      <DialogActs>
        <Button icon="refresh" busy={test.isPending} onClick={() => test.mutate()}>
          {t("acts.retry")}
        </Button>
        <Button look="main" onClick={() => props.onClose()}>
          {t("acts.close")}
        </Button>
      </DialogActs>
    </Dialog>
  );
}

function Found(props: { found: ServerTest }) {
  const t = useText();
  const format = useFormat();
  /** Whoever may sudo is as good as root; root itself needs no such word. */
  const rights = () => {
    if (props.found.user === "root") return undefined;
    if (props.found.canSudo) return t("servers.sudo");
    return props.found.isRoot ? t("servers.root") : undefined;
  };
  const user = () => [props.found.user, rights()].filter(Boolean).join(", ");
  const disk = () =>
    props.found.diskFreeBytes === null || props.found.diskTotalBytes === null
      ? t("words.unknown")
      : t("servers.disk", {
          free: format.bytes(props.found.diskFreeBytes),
          total: format.bytes(props.found.diskTotalBytes),
        });
  return (
    <>
      <Show
        when={props.found.error}
        fallback={
          <p class="flex items-center gap-2 font-medium" role="status">
            <Icon name="check" class="text-primary" />
            {t("servers.testOk")}
          </p>
        }
      >
        {(error) => (
          <FaultCard
            attempted={t("servers.testFailed")}
            fault={{ ...error(), code: faultCode(error().code) }}
          />
        )}
      </Show>
      <Facts
        facts={[
          { name: t("servers.took"), value: `${format.number(props.found.tookMs)} ms` },
          { name: t("servers.user"), value: user() || t("words.unknown") },
          { name: t("servers.system"), value: props.found.os ?? t("words.unknown") },
          { name: t("servers.containers"), value: props.found.docker ?? t("servers.noDocker") },
          { name: t("servers.diskLabel"), value: disk() },
          { name: t("servers.tools"), value: <code>{props.found.tools.join(" ") || t("words.none")}</code> },
        ]}
      />
      <Show when={props.found.warnings.length > 0}>
        <section>
          <h3 class="mb-1 font-medium">{t("servers.warnings")}</h3>
          <ul class="list-disc pl-5">
            <For each={props.found.warnings}>
              {(warning) => (
                <li>
                  {t(`fault.${faultCode(warning.code)}.found`)}.{" "}
                  <span class="text-muted">{warning.message}</span>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>
    </>
  );
}
