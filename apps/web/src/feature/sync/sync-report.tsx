import type { RouterOutputs } from "@cofre/sdk/panel";
import { For, Show } from "solid-js";
import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { FaultCard } from "../../ui/fault-card.tsx";

export type Sync = RouterOutputs["sync"]["get"];

const MOST_SHOWN = 20;

/** What the last run found and did. */
export function SyncReport(props: { sync: Sync }) {
  const t = useText();
  const format = useFormat();
  return (
    <Show when={props.sync.report}>
      {(report) => (
        <section class="flex flex-col gap-3 border-t border-line px-5 py-4" aria-label={t("sync.report")}>
          <h3 class="font-medium">{t("sync.report")}</h3>
          <Show when={report().error}>
            {(error) => (
              <FaultCard
                attempted={t("sync.notEnded")}
                fault={{ ...error(), code: faultCode(error().code) }}
              />
            )}
          </Show>
          <p>
            {t("sync.did", {
              when: format.day(report().at),
              copied: format.number(report().copied),
              size: format.bytes(report().copiedBytes),
              deleted: format.number(report().deleted),
              objects: format.number(report().objects),
            })}{" "}
            <span class={report().unsettled === 0 ? "text-muted" : "font-medium text-warning"}>
              {report().unsettled === 0 ? t("sync.same") : t("sync.differ", report().unsettled)}
            </span>
          </p>
          <Show when={report().unsettled > 0}>
            <ul class="list-disc pl-5">
              <For
                each={report()
                  .differing.filter(({ isSettled }) => !isSettled)
                  .slice(0, MOST_SHOWN)}
              >
                {(one) => (
                  <li>
                    <code>{one.key}</code>: {t(`sync.why.${one.why}`)}
                  </li>
                )}
              </For>
            </ul>
          </Show>
        </section>
      )}
    </Show>
  );
}
