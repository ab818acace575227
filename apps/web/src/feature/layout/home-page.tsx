import { Navigate } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { useMay } from "../session/me.tsx";
import { useChosenProject } from "./chosen-project.ts";
import { CreateProjectDialog } from "./create-project-dialog.tsx";
import { projectsQuery } from "./queries.ts";

/** There is nothing to choose: you land where the work is. */
export function HomePage() {
  const api = useApi();
  const projects = useQuery(() => projectsQuery(api));
  const project = useChosenProject();
  return (
    <Faces
      of={projects}
      skeleton={<ListSkeleton mark />}
      isEmpty={({ items }) => items.length === 0}
      empty={<NoProject />}
    >
      {() => (
        <>
          <Show when={project()}>{(known) => <Navigate href={`/projects/${known().id}`} />}</Show>
          <ListSkeleton mark />
        </>
      )}
    </Faces>
  );
}

function NoProject() {
  const t = useText();
  const may = useMay();
  const [isCreating, setIsCreating] = createSignal(false);
  return (
    <>
      <EmptyState
        icon="resources"
        title={t("frame.noProject")}
        act={
          <Show when={may("admin")}>
            <Button look="main" icon="plus" onClick={() => setIsCreating(true)}>
              {t("frame.createProject")}
            </Button>
          </Show>
        }
      >
        {t("frame.noProjectHelp")}
      </EmptyState>
      <Show when={isCreating()}>
        <CreateProjectDialog onClose={() => setIsCreating(false)} />
      </Show>
    </>
  );
}
