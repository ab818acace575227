import { useMatch } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createMemo } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { type Project, projectsQuery } from "./queries.ts";

const STORED = "cofre.project";

/** The project in the address, else the one that was open last, else the first. */
export function useChosenProject(): () => Project | undefined {
  const api = useApi();
  const projects = useQuery(() => projectsQuery(api));
  const match = useMatch(() => "/projects/:projectId/*rest");
  return createMemo(() => {
    if (projects.isPending || projects.data === undefined) return undefined;
    const known = projects.data.items;
    const wanted = match()?.params.projectId ?? localStorage.getItem(STORED);
    return known.find((project) => project.id === wanted) ?? known[0];
  });
}

export function rememberProject(id: string): void {
  localStorage.setItem(STORED, id);
}
