import { randomBytes } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { startMinio } from "@cofre/lab";
import { Secret } from "../model/secret.ts";
import { connectS3, type S3Target } from "../s3/connect.ts";

/** A bucket of one test at a real S3. */
export interface S3Bench extends AsyncDisposable {
  readonly target: S3Target;
  readonly bucket: string;
  readonly client: S3Client;
  /** Every object and every upload that is still open, as S3 itself tells them. */
  leftovers(): Promise<readonly string[]>;
}

/** The S3 of the tests, as the lab names it. */
export const MINIO = { engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" } as const;

/** A bucket at a MinIO of its own. */
export async function startBucket(options: { readonly isLocked?: boolean } = {}): Promise<S3Bench> {
  const { endpoint, accessKey, secretKey, ...server } = await startMinio();
  const bench = await makeBucket(
    { endpoint, region: "us-east-1", accessKey, secretKey: new Secret(secretKey), pathStyle: true },
    options,
  );
  return {
    ...bench,
    [Symbol.asyncDispose]: async () => {
      await bench[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Makes a bucket there; it goes with all that is in it. */
async function makeBucket(
  target: S3Target,
  { isLocked = false }: { readonly isLocked?: boolean } = {},
): Promise<S3Bench> {
  const client = connectS3(target);
  const bucket = `test-${randomBytes(6).toString("hex")}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: isLocked }));
  const keys = async () => {
    const found: string[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      found.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    }
    return found;
  };
  return {
    target,
    bucket,
    client,
    leftovers: async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return [...(await keys()), ...Uploads.map(({ Key, UploadId }) => `${Key} (${UploadId})`)];
    },
    [Symbol.asyncDispose]: async () => {
      for (const Key of await keys()) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      // What is locked stays with its server, which goes after the test.
      if (!isLocked) await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      client.destroy();
    },
  };
}
