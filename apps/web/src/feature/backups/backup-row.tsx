import { Match, Show, Switch } from "solid-js";
import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { When } from "../../ui/when.tsx";
import { doubtWords } from "../safety/doubt.ts";
import { type BackupAct, BackupActs } from "./backup-acts.tsx";
import { type Backup, isOnlyInCopy } from "./queries.ts";
import { useUnitName } from "./unit-name.ts";

export function BackupRow(props: {
  backup: Backup;
  busyWith: BackupAct | undefined;
  onAct: (act: BackupAct) => void;
}) {
  const t = useText();
  const format = useFormat();
  const unitName = useUnitName();
  const name = () =>
    t("backups.row", { unit: unitName(props.backup), when: format.day(props.backup.createdAt) });
  return (
    <tr class="grid-row" data-row tabindex="-1" aria-label={name()}>
      <td class="min-w-0 max-sm:basis-full">
        <span class="flex items-center gap-2">
          <When at={props.backup.createdAt} class="font-medium tabular-nums" />
          <Show when={props.backup.pinned}>
            <Icon name="pin" label={t("backups.pinned")} class="size-3.5 text-muted" />
          </Show>
        </span>
        <Show when={props.backup.filename ?? props.backup.note}>
          <span class="block truncate text-xs/4 text-muted" title={props.backup.filename ?? undefined}>
            <Show when={props.backup.note} fallback={<code>{props.backup.filename}</code>}>
              {props.backup.note}
            </Show>
          </span>
        </Show>
      </td>
      <td class="min-w-0">{unitName(props.backup)}</td>
      <td class="is-number whitespace-nowrap">
        {props.backup.size === null ? "" : format.bytes(props.backup.size)}
      </td>
      <td class="whitespace-nowrap text-muted">{t(`backups.origins.${props.backup.origin}`)}</td>
      <td>
        <BackupState backup={props.backup} />
      </td>
      <td class="max-sm:basis-full">
        <BackupActs backup={props.backup} name={name()} busyWith={props.busyWith} onAct={props.onAct} />
      </td>
    </tr>
  );
}

/** How far the archive was checked, or why there is none. */
function BackupState(props: { backup: Backup }) {
  const t = useText();
  const format = useFormat();
  const found = () =>
    props.backup.error ? t(`fault.${faultCode(props.backup.error.code)}.found`) : undefined;
  return (
    <span class="flex items-start gap-1.5 [&>svg]:mt-0.5">
      <Switch fallback={<span class="whitespace-nowrap text-muted">{t("backups.unchecked")}</span>}>
        <Match when={props.backup.deleting}>
          <Icon name="trash" class="text-muted" />
          <span class="text-muted">
            {t("backups.deleting")}
            <Reason>{t("backups.deletingHelp")}</Reason>
          </span>
        </Match>
        <Match when={props.backup.status !== "completed"}>
          <Icon
            name={props.backup.status === "failed" ? "alert" : "close"}
            class={props.backup.status === "failed" ? "text-error" : "text-muted"}
          />
          <span>
            {t(`backups.status.${props.backup.status}`)}
            <Show when={found()}>{(reason) => <Reason>{reason()}</Reason>}</Show>
          </span>
        </Match>
        <Match when={props.backup.validation?.ok === false}>
          <Icon name="alert" class="text-error" />
          {t("backups.checkFailed")}
        </Match>
        <Match when={props.backup.suspicion}>
          {(why) => (
            <>
              <Icon name="alert" class="text-warning" />
              <span>
                {t("backups.suspicious")}
                <Reason>{doubtWords(why(), { t, format })}</Reason>
              </span>
            </>
          )}
        </Match>
        <Match when={isOnlyInCopy(props.backup)}>
          <Icon name="alert" class="text-warning" />
          <span>
            {t("backups.onlyInCopy")}
            <Reason>{t("copies.firstDamagedHelp")}</Reason>
          </span>
        </Match>
        <Match when={props.backup.validation}>
          {(validation) => (
            <>
              <Icon name="verify" class={validation().depth === "restorable" ? "text-success" : ""} />
              <span title={t(`backups.depthHelp.${validation().depth}`)}>
                {t(`backups.depth.${validation().depth}`)}
              </span>
            </>
          )}
        </Match>
      </Switch>
    </span>
  );
}

/** Under the state, where a finger and a keyboard reach it too. */
function Reason(props: { children: string }) {
  return <span class="block max-w-[26ch] text-xs/4 text-pretty text-muted">{props.children}</span>;
}
