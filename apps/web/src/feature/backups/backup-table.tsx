import { isJobOver } from "@cofre/core/model";
import { createSignal, For, Match, Switch } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { JobProgress } from "../jobs/job-progress.tsx";
import { useLiveJobs } from "../jobs/live-jobs.tsx";
import { useResource } from "../resources/resource-context.tsx";
import type { BackupAct } from "./backup-acts.tsx";
import { BackupDetailsDialog } from "./backup-details-dialog.tsx";
import { BackupRow } from "./backup-row.tsx";
import { DownloadDialog } from "./download-dialog.tsx";
import { DownloadLinkDialog } from "./download-link-dialog.tsx";
import type { Backup } from "./queries.ts";
import { RemoveBackupDialog } from "./remove-backup-dialog.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";
import { useBackupActs } from "./use-backup-acts.ts";

const COLUMNS = "minmax(0,2fr) minmax(80px,1fr) auto auto auto auto";

export function BackupTable(props: { backups: readonly Backup[] }) {
  const t = useText();
  const live = useLiveJobs();
  const resource = useResource();
  const acts = useBackupActs();
  const [open, setOpen] = createSignal<{ act: BackupAct; backup: Backup }>();
  const working = () => live.open().filter((job) => job.resourceId === resource().id);
  /** One row per job says it all; its backups get rows of their own once it ended. */
  const isShown = (backup: Backup) => {
    const job = live.find(backup.jobId);
    return backup.status !== "pending" && backup.status !== "running"
      ? true
      : job === undefined || isJobOver(job.status);
  };
  const choose = (act: BackupAct, backup: Backup) => {
    if (!acts.runAtOnce(act, backup)) setOpen({ act, backup });
  };
  const close = () => setOpen();
  const opened = (act: BackupAct) => (open()?.act === act ? open()?.backup : undefined);
  return (
    <>
      <CaughtFault attempted={acts.attempted()} error={acts.error()} onRetry={acts.retry} />
      <table class="grid-table" style={{ "--columns": COLUMNS }} aria-label={t("backups.title")}>
        <Heads />
        <tbody class="grid-body">
          <For each={working()}>
            {(job) => (
              <tr class="grid-row" data-row tabindex="-1">
                <td class="grid-wide w-full">
                  <JobProgress job={job} />
                </td>
              </tr>
            )}
          </For>
          <For each={props.backups.filter(isShown)}>
            {(backup) => (
              <BackupRow
                backup={backup}
                busyWith={acts.busyWith(backup)}
                onAct={(act) => choose(act, backup)}
              />
            )}
          </For>
        </tbody>
      </table>
      <Switch>
        <Match when={opened("restore")}>
          {(backup) => <RestoreDialog backup={backup()} resource={resource()} onClose={close} />}
        </Match>
        <Match when={opened("download")}>
          {(backup) => <DownloadDialog backup={backup()} onClose={close} />}
        </Match>
        <Match when={opened("details")}>
          {(backup) => <BackupDetailsDialog backup={backup()} onClose={close} />}
        </Match>
        <Match when={opened("link")}>
          {(backup) => <DownloadLinkDialog backup={backup()} onClose={close} />}
        </Match>
        <Match when={opened("remove")}>
          {(backup) => (
            <RemoveBackupDialog
              backup={backup()}
              isLast={props.backups.filter((other) => other.status === "completed").length === 1}
              onClose={close}
            />
          )}
        </Match>
      </Switch>
    </>
  );
}

function Heads() {
  const t = useText();
  return (
    <thead class="grid-body">
      <tr class="grid-row is-head">
        <th scope="col">{t("backups.when")}</th>
        <th scope="col">{t("backups.unit")}</th>
        <th scope="col" class="is-number">
          {t("backups.size")}
        </th>
        <th scope="col">{t("backups.origin")}</th>
        <th scope="col">{t("backups.check")}</th>
        <th scope="col">
          <span class="sr-only">{t("backups.acts")}</span>
        </th>
      </tr>
    </thead>
  );
}
