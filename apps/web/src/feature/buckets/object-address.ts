import type { Place } from "./queries.ts";

/** Where one object's bytes are read, written and removed. */
export function objectAddress(
  { resourceId, bucket }: Pick<Place, "resourceId" | "bucket">,
  key: string,
): string {
  return `/api/resources/${resourceId}/minio/object?${new URLSearchParams({ bucket, key })}`;
}

/** A folder, or a bucket, as one zip. */
export function zipAddress({ resourceId, bucket, prefix }: Place): string {
  return `/api/resources/${resourceId}/minio/zip?${new URLSearchParams({ bucket, prefix })}`;
}
