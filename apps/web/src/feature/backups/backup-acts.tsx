import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { Menu, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { useMay } from "../session/me.tsx";
import type { Backup } from "./queries.ts";

export type BackupAct = "download" | "link" | "restore" | "validate" | "pin" | "details" | "remove";

/**
 * One main act; the rest is behind `⋯`. What did not complete can only be looked at and deleted; what is being deleted, only looked at.
 */
export function BackupActs(props: {
  backup: Backup;
  name: string;
  busyWith: BackupAct | undefined;
  onAct: (act: BackupAct) => void;
}) {
  const t = useText();
  const may = useMay();
  const isWhole = () => props.backup.status === "completed" && !props.backup.deleting;
  return (
    <div class="grid-acts">
      <Show when={may("operator") && isWhole()}>
        <IconButton
          icon={props.busyWith === "download" ? "refresh" : "download"}
          label={t("backups.downloadOf", props.name)}
          onClick={() => props.onAct("download")}
        />
        <Button aria-label={t("backups.restoreOf", props.name)} onClick={() => props.onAct("restore")}>
          {t("backups.restore")}
        </Button>
      </Show>
      <Menu label={t("acts.moreOf", props.name)}>
        <MenuItem icon="info" onSelect={() => props.onAct("details")}>
          {t("backups.details")}
        </MenuItem>
        <Show when={may("operator")}>
          <Show when={isWhole()}>
            <MenuItem icon="verify" onSelect={() => props.onAct("validate")}>
              {t("backups.validate")}
            </MenuItem>
            <MenuItem icon="download" onSelect={() => props.onAct("link")}>
              {t("download.link")}
            </MenuItem>
            <MenuItem icon="pin" onSelect={() => props.onAct("pin")}>
              {props.backup.pinned ? t("backups.unpin") : t("backups.pin")}
            </MenuItem>
          </Show>
          <Show when={!props.backup.deleting}>
            <MenuLine />
            <MenuItem
              icon="trash"
              danger
              disabled={props.backup.pinned}
              onSelect={() => props.onAct("remove")}
            >
              {t("backups.remove")}
            </MenuItem>
          </Show>
        </Show>
      </Menu>
    </div>
  );
}
