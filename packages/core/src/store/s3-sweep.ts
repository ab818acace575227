import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type MultipartUpload,
  paginateListParts,
} from "@aws-sdk/client-s3";
import { objectKey, type S3Place } from "./s3-place.ts";

const DAY_MS = 86_400_000;
/** Where Cofre's own keys begin; in a bucket without a prefix, other programs' uploads lie beside ours. */
const OWN_FOLDERS = ["databases/", "files/", "cofre-check/"];

/**
 * Aborts uploads of ours that nobody has sent a part to for a day: those of a Cofre that died, which cost space and show nowhere.
 * Looks once a day at most, and never fails: a bucket's own lifecycle rule does the same where this key may not.
 */
export function sweepUploads(place: S3Place): () => Promise<void> {
  let sweptAt = 0;
  return async () => {
    const now = place.now().getTime();
    if (now - sweptAt < DAY_MS) return;
    sweptAt = now;
    await sweep(place, now - DAY_MS).catch(() => undefined);
  };
}

/**
 * Aborts unfinished uploads of one key, which nobody may be sending any more: those of a put whose process died. Never fails: where this
 * key may not list them, the sweep or the bucket's own rule comes later.
 */
export async function abortUploadsOf(place: S3Place, key: string): Promise<void> {
  const { client, bucket } = place;
  const own = objectKey(place, key);
  try {
    const open = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: own }));
    for (const upload of open.Uploads ?? []) if (upload.Key === own) await abort(place, upload);
  } catch {
    // Refused, gone meanwhile, or away.
  }
}

async function sweep(place: S3Place, before: number): Promise<void> {
  const { client, bucket, prefix } = place;
  for (const folder of OWN_FOLDERS) {
    const open = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix + folder }),
    );
    for (const upload of open.Uploads ?? []) {
      if (await isAbandoned(place, upload, before)) await abort(place, upload);
    }
  }
}

/** A large archive may take more than a day: what counts is the last part. */
async function isAbandoned(place: S3Place, { Key, UploadId, Initiated }: MultipartUpload, before: number) {
  if ((Initiated?.getTime() ?? before) >= before) return false;
  const of = { Bucket: place.bucket, Key, UploadId };
  for await (const page of paginateListParts({ client: place.client }, of)) {
    if (page.Parts?.some((part) => (part.LastModified?.getTime() ?? before) >= before)) return false;
  }
  return true;
}

async function abort({ client, bucket }: S3Place, { Key, UploadId }: MultipartUpload): Promise<void> {
  await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
}
