import type { ResourceRow } from "../../reach/reach.ts";

/** Found by a scan, and nothing of it was named, moved or typed by hand. */
export function isUntouched({ detected, projectChosen, editedFields, externalId }: ResourceRow): boolean {
  return detected && !projectChosen && editedFields.length === 0 && externalId === null;
}
