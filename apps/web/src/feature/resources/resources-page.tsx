import { SAFETY_STATES, type SafetyState } from "@cofre/core/model";
import { A, useParams, useSearchParams } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createEffect, createSignal, For, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { PageHead } from "../../ui/panel.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.tsx";
import { rememberProject, useChosenProject } from "../layout/chosen-project.ts";
import { ProjectMenu } from "../layout/project-menu.tsx";
import { useMay } from "../session/me.tsx";
import { AddResourceDialog } from "./add-resource-dialog.tsx";
import { type Resource, resourcesQuery } from "./queries.ts";
import { ResourceRow } from "./resource-row.tsx";
import { SafetySummary } from "./safety-summary.tsx";
import { worstFirst } from "./worst-first.ts";

/** The first screen: everything that was found in this project, the worst first. */
export function ResourcesPage() {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const params = useParams();
  const queries = useQueryClient();
  const project = useChosenProject();
  const projectId = () => params.projectId ?? "";
  const [isAdding, setIsAdding] = createSignal(false);
  const [search] = useSearchParams();
  const isRemoved = () => search.show === "removed";
  const resources = useQuery(() => resourcesQuery(api, projectId(), isRemoved()));
  createEffect(() => rememberProject(projectId()));
  const rescan = useMutation(() => ({
    mutationFn: () => api.resources.list.query({ projectId: projectId(), rescan: true, limit: 1 }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["resources", projectId()] });
      toast(t("resources.rescanned"));
    },
  }));
  return (
    <div class="flex flex-col gap-4">
      <PageHead
        title={isRemoved() ? t("resources.removedTitle") : t("resources.title")}
        about={
          <>
            <span class="max-md:hidden">{project() && t("resources.inProject", project()?.name ?? "")}</span>
            <span class="-ml-2.5 block w-56 md:hidden">
              <ProjectMenu />
            </span>
          </>
        }
        acts={
          <Show when={may("operator")}>
            <Button icon="refresh" busy={rescan.isPending} onClick={() => rescan.mutate()}>
              {t("resources.rescan")}
            </Button>
            <Show when={may("admin")}>
              <Button icon="plus" onClick={() => setIsAdding(true)}>
                {t("resources.add")}
              </Button>
            </Show>
          </Show>
        }
      />
      <CaughtFault attempted={t("resources.rescan")} error={rescan.error} onRetry={() => rescan.mutate()} />
      <Faces
        of={resources}
        skeleton={<ListSkeleton rows={5} mark />}
        isEmpty={(page) => page.items.length === 0}
        empty={
          <Show
            when={!isRemoved()}
            fallback={<EmptyState icon="archive" title={t("resources.noneRemoved")} />}
          >
            <EmptyState
              icon="resources"
              title={t("resources.empty")}
              act={
                <Show when={may("operator")}>
                  <Button look="main" icon="refresh" busy={rescan.isPending} onClick={() => rescan.mutate()}>
                    {t("resources.rescan")}
                  </Button>
                </Show>
              }
            >
              {t("resources.emptyHelp")}
            </EmptyState>
          </Show>
        }
      >
        {(page) => <ResourceList resources={page().items} />}
      </Faces>
      <A
        href={isRemoved() ? `/projects/${projectId()}` : `/projects/${projectId()}?show=removed`}
        class="self-start text-[13px]/5 text-muted underline underline-offset-2 hover:text-base-content"
      >
        {isRemoved() ? t("resources.backToAll") : t("resources.seeRemoved")}
      </A>
      <Show when={isAdding()}>
        <AddResourceDialog projectId={projectId()} onClose={() => setIsAdding(false)} />
      </Show>
    </div>
  );
}

function ResourceList(props: { resources: readonly Resource[] }) {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const chosen = () => SAFETY_STATES.find((state): state is SafetyState => state === search.safety);
  const shown = () =>
    worstFirst(props.resources).filter(
      (resource) => chosen() === undefined || resource.safety.state === chosen(),
    );
  const isSpread = () => new Set(props.resources.map((resource) => resource.serverId)).size > 1;
  return (
    <div class="flex flex-col gap-3">
      <SafetySummary
        resources={props.resources}
        chosen={chosen()}
        onChoose={(safety) => setSearch({ safety })}
      />
      <Show when={shown().length > 0} fallback={<NoMatch onAll={() => setSearch({ safety: undefined })} />}>
        <ul
          class="panel gap-x-6 lg:grid lg:grid-cols-[minmax(0,9fr)_minmax(0,13fr)_auto]"
          aria-label={t("resources.title")}
        >
          <For each={shown()}>
            {(resource) => <ResourceRow resource={resource} withServer={isSpread()} />}
          </For>
        </ul>
      </Show>
    </div>
  );
}

/** The address asks for a state that no resource is in (any more). */
function NoMatch(props: { onAll: () => void }) {
  const t = useText();
  return (
    <EmptyState
      icon="search"
      title={t("resources.noMatch")}
      act={<Button onClick={() => props.onAll()}>{t("resources.backToAll")}</Button>}
    />
  );
}
