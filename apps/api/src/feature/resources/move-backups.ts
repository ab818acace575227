import type { Database } from "../../db/database.ts";
import { and, eq, ne } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import type { ResourceRow } from "../../reach/reach.ts";

/**
 * Backups belong to their resource's project; the paths of their files stay. In the transaction that moves the resource: a backup that
 * stays behind is seen in a project that its resource is not in.
 */
export async function moveBackups(
  tx: Database,
  { id, projectId }: Pick<ResourceRow, "id" | "projectId">,
): Promise<void> {
  await tx
    .update(backups)
    .set({ projectId })
    .where(and(eq(backups.resourceId, id), ne(backups.projectId, projectId)));
}
