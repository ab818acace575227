import type { EngineCapabilities } from "@cofre/core/model";
import { For } from "solid-js";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";

/** The engine's capabilities as sentences: what is lost, what is interrupted, what protects. */
export function RestoreConsequences(props: {
  promises: EngineCapabilities | undefined;
  unit: string;
  resource: string;
  isElsewhere: boolean;
  /** What is there and not in the backup stays. */
  isMerged: boolean;
  /** Everything in the resource, not one named part of it. */
  isWhole: boolean;
  takenAt: string;
  /** Whether what is there now is backed up first. */
  isSafe: boolean;
}) {
  const t = useText();
  const format = useFormat();
  const loss = () => {
    const facts = { unit: props.isWhole ? props.resource : props.unit, when: format.day(props.takenAt) };
    if (props.isMerged) return t("restore.merged", props.unit);
    if (props.isElsewhere) return t("restore.created", { unit: props.unit, resource: props.resource });
    return t("restore.lost", facts);
  };
  const others = () => {
    const promises = props.promises;
    if (promises === undefined) return [];
    return [
      promises.stagedRestore ? t("restore.staged") : undefined,
      promises.atomicRestore
        ? t("restore.atomic")
        : t(props.isSafe ? "restore.notAtomicSafe" : "restore.notAtomic"),
      t(`restore.downtime.${promises.downtime}`),
      promises.keepsOld ? t("restore.keepsOld") : undefined,
    ].filter((sentence) => sentence !== undefined);
  };
  return (
    <section
      aria-labelledby="consequences"
      class="rounded-lg border border-warning/40 bg-warning/5 px-4 py-3"
    >
      <h3 id="consequences" class="flex items-center gap-2 font-medium">
        <Icon name="alert" class="text-warning" />
        {t("restore.what")}
      </h3>
      <p class="mt-1.5 font-medium">{loss()}</p>
      <ul class="mt-1 flex list-disc flex-col gap-0.5 pl-5 marker:text-muted">
        <For each={others()}>{(sentence) => <li>{sentence}</li>}</For>
      </ul>
    </section>
  );
}
