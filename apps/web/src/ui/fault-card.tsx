import { type PanelFault, panelFault, type RouterOutputs } from "@cofre/sdk/panel";
import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import { BytesFault } from "../platform/bytes.ts";
import { useText } from "../platform/text.tsx";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";

type KeptFault = NonNullable<RouterOutputs["jobs"]["get"]["error"]>;

/** A fault kept with a job or a backup has fewer parts than one that a call just met, and others. */
export type ShownFault = Pick<PanelFault, "code" | "message" | "hint"> &
  Partial<PanelFault> &
  Partial<Pick<KeptFault, "tail" | "targetChanged" | "safetyBackupId">>;

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
  /** What became of the target comes before all else: it is never supposed from the code alone. */
  const next = () => {
    const { code, targetChanged, safetyBackupId } = props.fault;
    if (targetChanged !== true)
      return [targetChanged === false ? t("faultCard.asItWas") : "", t(`fault.${code}.next`)]
        .join(" ")
        .trim();
    return `${t("faultCard.changed")} ${t(safetyBackupId ? "faultCard.goBack" : "faultCard.restoreOther")}`;
  };
  return (
    <section class="rounded-lg border border-error/35 bg-error/5 px-4 py-3" role="alert">
      <div class="flex items-start gap-3">
        <Icon name="alert" class="mt-0.5 text-error" />
        <div class="min-w-0 flex-1">
          <p class="font-medium">{props.attempted}</p>
          <p>{`${t(`fault.${props.fault.code}.found`)}. ${next()}`}</p>
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
  const t = useText();
  return (
    <Show when={props.fault.errors?.length}>
      <p class="mt-1">{t("faultCard.serverSaid")}</p>
      <ul class="list-disc pl-5" lang="en">
        <For each={props.fault.errors}>
          {(field) => (
            <li>
              <code>{field.path}</code>: {field.message}
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}

/** Shown as a block of its own, or said in words above. */
const NOT_A_FACT: ReadonlySet<string> = new Set(["stderr", "said", "targetChanged", "safetyBackupId"]);

function FaultDetails(props: { fault: ShownFault; jobId: string | null | undefined }) {
  const t = useText();
  const facts = () =>
    [
      [t("faultCard.said"), props.fault.message],
      [t("faultCard.hint"), props.fault.hint],
      [t("faultCard.code"), props.fault.code],
      [t("faultCard.request"), props.fault.requestId],
      ...Object.entries(props.fault.context ?? {}).filter(([name]) => !NOT_A_FACT.has(name)),
    ].filter(
      (fact): fact is [string, string | number | boolean] =>
        fact[1] !== null && fact[1] !== undefined && fact[1] !== "",
    );
  const tail = () => props.fault.tail ?? props.fault.context?.stderr ?? props.fault.context?.said ?? "";
  const text = () =>
    [
      ...facts(),
      ...(props.jobId ? [[t("faultCard.job"), props.jobId]] : []),
      ...(tail() === "" ? [] : [[t("faultCard.tail"), `\n${tail()}`]]),
    ]
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n");
  const isOpen = () => TOLD_BELOW.has(props.fault.code) || props.fault.targetChanged === true;
  return (
    <details class="mt-2 text-[13px]/5" open={isOpen()}>
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
      <Show when={tail()}>
        {(words) => (
          <>
            <h3 class="mt-2 text-muted">{t("faultCard.tail")}</h3>
            <pre
              class="mt-1 max-h-64 overflow-auto rounded-lg border border-line bg-sunken p-3 text-xs/5 whitespace-pre-wrap"
              tabindex="0"
            >
              {words()}
            </pre>
          </>
        )}
      </Show>
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
