import { randomBytes } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { startMinio, startOtherS3 } from "@cofre/lab";
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

/** The servers of the tests, as the lab names them. */
export const MINIO = { engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" } as const;
export const OTHER_S3 = { engine: "versitygw", version: "v1.8.0" } as const;

interface BucketOptions {
  readonly isLocked?: boolean;
  /** MinIO unless told otherwise. */
  readonly maker?: typeof MINIO | typeof OTHER_S3;
}

/** A bucket at a server of its own. */
export async function startBucket({ maker = MINIO, isLocked = false }: BucketOptions = {}): Promise<S3Bench> {
  const started = maker.engine === "minio" ? await startMinio() : await startOtherS3();
  const { endpoint, accessKey, secretKey, ...server } = started;
  const target = {
    endpoint,
    region: "us-east-1",
    accessKey,
    secretKey: new Secret(secretKey),
    pathStyle: true,
  };
  const bench = await makeBucket(target, isLocked);
  return {
    ...bench,
    [Symbol.asyncDispose]: async () => {
      await bench[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Makes a bucket there; it goes with all that is in it. */
export async function makeBucket(target: S3Target, isLocked: boolean): Promise<S3Bench> {
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
