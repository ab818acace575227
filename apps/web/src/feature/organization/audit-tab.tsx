import { useInfiniteQuery, useMutation } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { When } from "../../ui/when.tsx";
import { useAuditWords } from "./audit-words.ts";
import { type AuditEvent, auditQuery } from "./queries.ts";

const COLUMNS = "auto minmax(0,1fr) minmax(0,1fr) minmax(0,1.4fr) auto";

export function AuditTab() {
  const api = useApi();
  const t = useText();
  const format = useFormat();
  const events = useInfiniteQuery(() => auditQuery(api));
  const check = useMutation(() => ({ mutationFn: () => api.audit.check.query() }));
  const verdict = () => {
    const found = check.data;
    if (found === undefined) return undefined;
    return found.ok
      ? t("audit.checkOk", format.number(found.events))
      : t("audit.checkBroken", format.number(found.brokenAt ?? 0));
  };
  return (
    <>
      <div class="flex flex-wrap items-center justify-between gap-3">
        <p class="text-muted">{t("audit.about")}</p>
        <div class="flex items-center gap-3">
          <span role="status" class={check.data?.ok === false ? "font-medium text-error" : ""}>
            {verdict()}
          </span>
          <Button icon="verify" busy={check.isPending} onClick={() => check.mutate()}>
            {t("audit.check")}
          </Button>
        </div>
      </div>
      <CaughtFault attempted={t("audit.check")} error={check.error} />
      <Faces
        of={events}
        isEmpty={(data) => data.pages.every((page) => page.items.length === 0)}
        empty={<EmptyState icon="scroll" title={t("audit.empty")} />}
      >
        {(data) => (
          <>
            <table class="grid-table" style={{ "--columns": COLUMNS }} aria-label={t("audit.title")}>
              <Heads />
              <tbody class="grid-body">
                <For each={data().pages.flatMap((page) => page.items)}>
                  {(event) => <EventRow event={event} />}
                </For>
              </tbody>
            </table>
            <Show when={events.hasNextPage}>
              <div class="flex justify-center">
                <Button busy={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
                  {t("acts.showMore")}
                </Button>
              </div>
            </Show>
          </>
        )}
      </Faces>
    </>
  );
}

function Heads() {
  const t = useText();
  return (
    <thead class="grid-body">
      <tr class="grid-row is-head">
        <For each={["when", "who", "action", "target", "result"] as const}>
          {(name) => <th scope="col">{t(`audit.${name}`)}</th>}
        </For>
      </tr>
    </thead>
  );
}

function EventRow(props: { event: AuditEvent }) {
  const t = useText();
  const words = useAuditWords();
  return (
    <tr class="grid-row min-h-10!" data-row tabindex="-1">
      <td>
        <When at={props.event.at} class="whitespace-nowrap text-muted tabular-nums" />
      </td>
      <td class="min-w-0 truncate" title={props.event.address ?? undefined}>
        {props.event.actor.name}
      </td>
      <td class="min-w-0">
        <Show when={words(props.event.action)}>{(said) => <span class="block">{said()}</span>}</Show>
        <code class="block truncate text-xs/5 text-muted">{props.event.action}</code>
      </td>
      <td class="min-w-0 truncate">{props.event.target?.name ?? props.event.target?.id ?? ""}</td>
      <td class="inline-flex items-center gap-1.5 text-muted">
        <Show when={props.event.result !== "ok"}>
          <Icon name="alert" class={props.event.result === "failed" ? "text-error" : "text-warning"} />
        </Show>
        <span>
          {t(`audit.results.${props.event.result}`)}
          <Show when={props.event.code}>
            {(code) => <span class="block text-xs/4">{t(`fault.${faultCode(code())}.found`)}</span>}
          </Show>
        </span>
      </td>
    </tr>
  );
}
