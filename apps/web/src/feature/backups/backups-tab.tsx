import { useInfiniteQuery } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { JobProgress } from "../jobs/job-progress.tsx";
import { useLiveJobs } from "../jobs/live-jobs.tsx";
import { useResource } from "../resources/resource-context.tsx";
import { useMay } from "../session/me.tsx";
import { AskedRestore } from "./asked-restore.tsx";
import { BackupTable } from "./backup-table.tsx";
import { CreateBackupDialog } from "./create-backup-dialog.tsx";
import { backupsQuery } from "./queries.ts";

/** A resource's backups, the newest first; what is being made stands where it will be. */
export function BackupsTab() {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const live = useLiveJobs();
  const resource = useResource();
  const [isCreating, setIsCreating] = createSignal(false);
  const backups = useInfiniteQuery(() => backupsQuery(api, resource().id));
  const isWorking = () => live.open().some((job) => job.resourceId === resource().id);
  const empty = () => (
    <Show when={!isWorking()} fallback={<WorkingRows />}>
      <EmptyState
        icon="archive"
        title={t("backups.empty")}
        act={
          <Show when={may("operator")}>
            <Button look="main" icon="archive" onClick={() => setIsCreating(true)}>
              {t("backups.createFirst")}
            </Button>
          </Show>
        }
      >
        {t("backups.emptyHelp")}
      </EmptyState>
    </Show>
  );
  return (
    <>
      <Faces
        of={backups}
        skeleton={<ListSkeleton rows={4} />}
        isEmpty={(data) => data.pages.every((page) => page.items.length === 0)}
        empty={empty()}
      >
        {(data) => (
          <>
            <BackupTable backups={data().pages.flatMap((page) => page.items)} />
            <Show when={backups.hasNextPage}>
              <div class="flex justify-center">
                <Button busy={backups.isFetchingNextPage} onClick={() => void backups.fetchNextPage()}>
                  {t("acts.showMore")}
                </Button>
              </div>
            </Show>
          </>
        )}
      </Faces>
      <AskedRestore />
      <Show when={isCreating()}>
        <CreateBackupDialog resource={resource()} onClose={() => setIsCreating(false)} />
      </Show>
    </>
  );
}

function WorkingRows() {
  const live = useLiveJobs();
  const resource = useResource();
  return (
    <div class="panel px-4 py-3">
      {live
        .open()
        .filter((job) => job.resourceId === resource().id)
        .map((job) => (
          <JobProgress job={job} />
        ))}
    </div>
  );
}
