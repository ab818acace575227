import type { Selector } from "../../db/schema/projects.ts";

export interface Choosing {
  readonly id: string;
  readonly selector: Selector | null;
}

/**
 * The project that takes a container in: the one whose selector agrees and says most (labels before servers), the oldest among
 * equals. Undefined when none agrees.
 *
 * @param projects oldest first.
 */
export function chooseProject<Project extends Choosing>(
  projects: readonly Project[],
  container: { readonly serverId: string; readonly labels: Readonly<Record<string, string>> },
): Project | undefined {
  let best: Project | undefined;
  for (const project of projects) {
    if (project.selector === null || !agrees(project.selector, container)) continue;
    if (best === undefined || weight(project.selector) > weight(best.selector)) best = project;
  }
  return best;
}

function agrees(
  selector: Selector,
  container: { readonly serverId: string; readonly labels: Readonly<Record<string, string>> },
): boolean {
  if (selector.servers.length > 0 && !selector.servers.includes(container.serverId)) return false;
  return Object.entries(selector.labels).every(([name, value]) => {
    const there = container.labels[name];
    return there !== undefined && (value === "" || there === value);
  });
}

/** A label with its value says more than a label, any label more than a list of servers. */
function weight(selector: Selector | null): number {
  if (selector === null) return 0;
  const labels = Object.values(selector.labels);
  return (
    labels.filter((value) => value !== "").length * 100 +
    labels.length * 10 +
    (selector.servers.length > 0 ? 1 : 0)
  );
}
