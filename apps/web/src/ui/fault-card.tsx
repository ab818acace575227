import { type PanelFault, panelFault } from "@cofre/sdk/panel";
import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import { BytesFault } from "../platform/bytes.ts";
import { useText } from "../platform/text.tsx";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";

/** A fault kept with a job or a backup has fewer parts than one that a call just met. */
export type ShownFault = Pick<PanelFault, "code" | "message" | "hint"> & Partial<PanelFault>;

/** Codes whose reason is different each time: it stands in the server's own words, so they are open. */
const TOLD_BELOW: ReadonlySet<string> = new Set([
  "state.conflict",
  "resource.busy",
  "engine.unsupported",
  "target.unsuitable",
]);

interface FaultCardProps {
  /** What was attempted: "Não foi possível carregar esta lista". */
  attempted: string;
  fault: ShownFault;
  onRetry?: (() => void) | undefined;
  /** What we can do about it, as a button. */
  act?: JSX.Element;
  jobId?: string | null | undefined;
}

/** What was attempted, what was found, what to do now, and folded details with a copy button. */
export function FaultCard(props: FaultCardProps) {
  const t = useText();
  return (
    <section class="rounded-lg border border-error/35 bg-error/5 px-4 py-3" role="alert">
      <div class="flex items-start gap-3">
        <Icon name="alert" class="mt-0.5 text-error" />
        <div class="min-w-0 flex-1">
          <p class="font-medium">{props.attempted}</p>
          <p>{`${t(`fault.${props.fault.code}.found`)}. ${t(`fault.${props.fault.code}.next`)}`}</p>
          <FieldErrors fault={props.fault} />
          <div class="mt-2.5 flex flex-wrap gap-2 empty:hidden">
            {props.act}
            <Show when={props.onRetry}>
              {(retry) => (
                <Button icon="refresh" onClick={() => retry()()}>
                  {t("acts.retry")}
                </Button>
              )}
            </Show>
          </div>
          <FaultDetails fault={props.fault} jobId={props.jobId} />
        </div>
      </div>
    </section>
  );
}

function FieldErrors(props: { fault: ShownFault }) {
  return (
    <Show when={props.fault.errors?.length}>
      <ul class="mt-1 list-disc pl-5">
        <For each={props.fault.errors}>
          {(field) => (
            <li>
              <code>{field.path}</code> {field.message}
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}

function FaultDetails(props: { fault: ShownFault; jobId: string | null | undefined }) {
  const t = useText();
  const facts = () =>
    [
      [t("faultCard.said"), props.fault.message],
      ["hint", props.fault.hint],
      [t("faultCard.code"), props.fault.code],
      [t("faultCard.request"), props.fault.requestId],
      ...Object.entries(props.fault.context ?? {}),
    ].filter(
      (fact): fact is [string, string | number | boolean] =>
        fact[1] !== null && fact[1] !== undefined && fact[1] !== "",
    );
  const text = () =>
    [...facts(), ...(props.jobId ? [[t("faultCard.job"), props.jobId]] : [])]
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n");
  return (
    <details class="mt-2 text-[13px]/5" open={TOLD_BELOW.has(props.fault.code)}>
      <summary class="cursor-pointer text-muted select-none">{t("faultCard.details")}</summary>
      <dl class="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 max-sm:grid-cols-1">
        <For each={facts()}>
          {([name, value]) => (
            <>
              <dt class="text-muted">{name}</dt>
              <dd class="font-mono text-xs/5 whitespace-pre-wrap">{String(value)}</dd>
            </>
          )}
        </For>
        <Show when={props.jobId}>
          {(id) => (
            <>
              <dt class="text-muted">{t("faultCard.job")}</dt>
              <dd>
                <A href={`/activity/${id()}`} class="font-mono text-xs/5 underline underline-offset-2">
                  {id()}
                </A>
              </dd>
            </>
          )}
        </Show>
      </dl>
      <div class="mt-1 -ml-3">
        <CopyButton text={text} label={t("faultCard.copy")} withWord />
      </div>
    </details>
  );
}

/** The card for whatever a call threw; shows nothing while there is nothing wrong. */
export function CaughtFault(props: {
  attempted: string;
  error: unknown;
  onRetry?: () => void;
  act?: JSX.Element;
}) {
  return (
    <Show when={props.error}>
      {(error) => (
        <FaultCard
          attempted={props.attempted}
          fault={shownFault(error())}
          onRetry={props.onRetry}
          act={props.act}
        />
      )}
    </Show>
  );
}

/** Whatever a call threw, of either kind of route. */
function shownFault(error: unknown): ShownFault {
  return error instanceof BytesFault ? error.fault : panelFault(error);
}
