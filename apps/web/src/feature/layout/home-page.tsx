import { Navigate } from "@solidjs/router";
import { Show } from "solid-js";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { useChosenProject } from "./chosen-project.ts";

/** There is nothing to choose: you land where the work is. */
export function HomePage() {
  const project = useChosenProject();
  return (
    <Show when={project()} fallback={<ListSkeleton mark />}>
      {(known) => (
        <>
          <Navigate href={`/projects/${known().id}`} />
          <ListSkeleton mark />
        </>
      )}
    </Show>
  );
}
