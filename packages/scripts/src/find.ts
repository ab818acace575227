import type { Backup, Cofre, Project, Resource } from "@cofre/sdk";
import { UsageError } from "./ending.ts";

const PAGE = 200;

/** Every item of a list, page by page. */
export async function everyItem<Item>(
  page: (
    cursor: string | undefined,
  ) => Promise<{ readonly items: readonly Item[]; readonly nextCursor: string | null }>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    all.push(...items);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

function paged(cursor: string | undefined): { limit: number; cursor?: string } {
  return cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor };
}

export async function everyProject(cofre: Cofre): Promise<readonly Project[]> {
  return await everyItem((cursor) => cofre.projects.list.query(paged(cursor)));
}

export async function resourcesOf(cofre: Cofre, project: Project): Promise<readonly Resource[]> {
  return await everyItem((cursor) => cofre.resources.list.query({ projectId: project.id, ...paged(cursor) }));
}

/** A resource by its id, its name, or `project/name` where the name alone is not enough. */
export async function findResource(cofre: Cofre, word: string): Promise<Resource> {
  const projects = await everyProject(cofre);
  const found: { readonly label: string; readonly resource: Resource }[] = [];
  for (const project of projects) {
    for (const resource of await resourcesOf(cofre, project)) {
      const labels = [resource.id, resource.name, `${project.slug}/${resource.name}`];
      if (labels.includes(word)) found.push({ label: `${project.slug}/${resource.name}`, resource });
    }
  }
  const [first, ...others] = found;
  if (first === undefined)
    throw new UsageError(`no resource is called ${word}; look in the panel for its name or id`);
  if (others.length > 0) {
    throw new UsageError(
      `several resources are called ${word}: ${found.map((one) => `${one.label} (${one.resource.id})`).join(", ")}`,
    );
  }
  return first.resource;
}

/**
 * Completed backups by id or file name; `latest` is the newest of each database, bucket or path. What a restore set aside for
 * safety is never the latest: it is what was to be replaced.
 */
export async function findBackups(
  cofre: Cofre,
  resource: Resource,
  word: string,
): Promise<readonly Backup[]> {
  const backups = await everyItem((cursor) =>
    cofre.backups.list.query({ resourceId: resource.id, status: "completed", ...paged(cursor) }),
  );
  const found =
    word === "latest"
      ? newestOfEach(backups.filter((one) => one.origin !== "safety"))
      : backups.filter((one) => one.id === word || one.filename === word);
  if (found.length > 0) return found;
  throw new UsageError(
    word === "latest"
      ? `${resource.name} has no completed backup`
      : `${resource.name} has no completed backup ${word}`,
  );
}

/** One backup: `latest` is not enough where several databases have one, and `unit` says which. */
export async function findBackup(
  cofre: Cofre,
  resource: Resource,
  { word, unit }: { readonly word: string; readonly unit: string | undefined },
): Promise<Backup> {
  const all = await findBackups(cofre, resource, word);
  const found = unit === undefined ? all : all.filter((one) => one.unit === unit);
  const [first, ...others] = found;
  const units = all.map((one) => one.unit).join(", ");
  if (first === undefined)
    throw new UsageError(`no such backup is of ${unit}; there are backups of ${units}`);
  if (others.length === 0) return first;
  throw new UsageError(`${resource.name} has backups of ${units}; say which with --unit`);
}

/** The list is newest first. */
function newestOfEach(backups: readonly Backup[]): readonly Backup[] {
  return [...Map.groupBy(backups, (one) => one.unit).values()].flatMap((ofUnit) => ofUnit.slice(0, 1));
}
