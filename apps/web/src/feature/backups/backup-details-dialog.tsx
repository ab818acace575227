import { For, type JSX, Show } from "solid-js";
import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog, DialogBody } from "../../ui/dialog.tsx";
import { FaultCard } from "../../ui/fault-card.tsx";
import { Facts } from "../../ui/panel.tsx";
import { When } from "../../ui/when.tsx";
import { FaultRemedy } from "../jobs/fault-remedy.tsx";
import type { Failed } from "../jobs/remedies.ts";
import { useResource } from "../resources/resource-context.tsx";
import { useEngineLabel } from "../resources/resource-facts.tsx";
import { BackupCopies } from "./backup-copies.tsx";
import type { Backup } from "./queries.ts";
import { useCapabilities, useUnitName } from "./unit-name.ts";

export function BackupDetailsDialog(props: { backup: Backup; onClose: () => void }) {
  const t = useText();
  const unitName = useUnitName();
  const resource = useResource();
  const failed = (kind: Failed["kind"], error: Failed["error"]): Failed => {
    const { id, projectId, serverId } = resource();
    return { kind, error, projectId, serverId, resourceId: id };
  };
  return (
    <Dialog title={t("backupDetails.title", unitName(props.backup))} width={640} onClose={props.onClose}>
      <DialogBody>
        <Show when={props.backup.error}>
          {(error) => (
            <FaultCard
              attempted={t("backupDetails.failed")}
              fault={{ ...error(), code: faultCode(error().code) }}
              jobId={props.backup.jobId}
              act={<FaultRemedy failed={failed("backup", error())} onGo={props.onClose} />}
            />
          )}
        </Show>
        <Show when={props.backup.validation?.ok === false && props.backup.validation.error}>
          {(error) => (
            <FaultCard
              attempted={t("backupDetails.checkFailed")}
              fault={{ ...error(), code: faultCode(error().code) }}
              act={<FaultRemedy failed={failed("backup", error())} onGo={props.onClose} />}
            />
          )}
        </Show>
        <BackupFacts backup={props.backup} />
        <Show when={props.backup.status === "completed"}>
          <BackupCopies backup={props.backup} />
        </Show>
        <Counts backup={props.backup} />
        <Show when={props.backup.warnings.length > 0}>
          <section>
            <h3 class="mb-1 text-[13px] font-medium">{t("backupDetails.warnings")}</h3>
            <p>{t("faultCard.serverSaid")}</p>
            <ul class="list-disc pl-5" lang="en">
              <For each={props.backup.warnings}>{(warning) => <li>{warning}</li>}</For>
            </ul>
          </section>
        </Show>
      </DialogBody>
    </Dialog>
  );
}

function BackupFacts(props: { backup: Backup }) {
  const t = useText();
  const format = useFormat();
  const label = useEngineLabel();
  const resource = useResource();
  const copied = (value: string | null): JSX.Element =>
    value === null ? (
      t("words.none")
    ) : (
      <span class="flex items-start gap-1">
        <code class="min-w-0 break-all">{value}</code>
        <CopyButton text={value} label={t("acts.copy")} small />
      </span>
    );
  const took = () => {
    const { startedAt, completedAt } = props.backup;
    return startedAt && completedAt
      ? format.lasting(Date.parse(completedAt) - Date.parse(startedAt))
      : t("words.unknown");
  };
  const check = () => {
    const { validation } = props.backup;
    if (validation === null) return t("backups.unchecked");
    return validation.ok ? t(`backups.depthHelp.${validation.depth}`) : t("backups.checkFailed");
  };
  const facts = () => [
    { name: t("backupDetails.created"), value: <When at={props.backup.createdAt} /> },
    { name: t("backupDetails.took"), value: took() },
    {
      name: t("backupDetails.size"),
      value: props.backup.size === null ? t("words.unknown") : format.bytes(props.backup.size),
    },
    {
      name: t("backupDetails.engine"),
      value: `${label(resource().type)} ${props.backup.engineVersion ?? ""}`.trim(),
    },
    {
      name: t("backupDetails.format"),
      value: [props.backup.format, ...props.backup.stages].filter(Boolean).join(" → ") || t("words.unknown"),
    },
    { name: t("backupDetails.origin"), value: t(`backups.origins.${props.backup.origin}`) },
    { name: t("backupDetails.check"), value: check() },
    ...(props.backup.note ? [{ name: t("backupDetails.note"), value: props.backup.note }] : []),
    { name: t("backupDetails.folder"), value: copied(props.backup.filepath) },
    { name: t("backupDetails.sha256"), value: copied(props.backup.sha256) },
  ];
  return <Facts facts={facts()} />;
}

/** Exact counts, taken in the dump's own snapshot. */
function Counts(props: { backup: Backup }) {
  const t = useText();
  const format = useFormat();
  const resource = useResource();
  const capabilities = useCapabilities();
  /** Rows and keys add up; objects and their bytes do not. */
  const isSum = () => ["database", "server"].includes(capabilities(resource().type)?.unit ?? "");
  const rows = () =>
    props.backup.units.flatMap((unit) =>
      Object.entries(unit.counts ?? {}).map(([name, count]) => ({
        name: props.backup.units.length > 1 ? `${unit.name} · ${name}` : name,
        count,
      })),
    );
  const total = () => rows().reduce((sum, row) => sum + row.count, 0);
  return (
    <Show when={rows().length > 0}>
      <section>
        <h3 class="mb-1.5 text-[13px] font-medium">{t("backupDetails.counts")}</h3>
        <div class="max-h-64 overflow-y-auto rounded-lg border border-line">
          <table class="w-full text-[13px]/5">
            <thead class="sr-only">
              <tr>
                <th>{t("backupDetails.countsName")}</th>
                <th>{t("backupDetails.countsAmount")}</th>
              </tr>
            </thead>
            <tbody>
              <For each={rows()}>
                {(row) => (
                  <tr class="border-t border-line first:border-t-0">
                    <td class="px-3 py-1.5 font-mono text-xs/5">{row.name}</td>
                    <td class="px-3 py-1.5 text-right tabular-nums">{format.number(row.count)}</td>
                  </tr>
                )}
              </For>
              <Show when={isSum()}>
                <tr class="font-medium">
                  <td class="px-3 py-1.5">{t("backupDetails.total")}</td>
                  <td class="px-3 py-1.5 text-right tabular-nums">{format.number(total())}</td>
                </tr>
              </Show>
            </tbody>
          </table>
        </div>
      </section>
    </Show>
  );
}
