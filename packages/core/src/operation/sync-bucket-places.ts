import { CreateBucketCommand, HeadBucketCommand } from "@aws-sdk/client-s3";
import type { Reach } from "../engine/engine.ts";
import { bucketFault } from "../engine/s3-faults.ts";
import { BucketTarget } from "../engine/s3-target.ts";
import { type OpenS3, openS3 } from "../engine/s3-way.ts";
import { openWire } from "../engine/s3-wire.ts";
import { dialFrom } from "../host/dial.ts";
import { Fault } from "../model/fault.ts";
import { Secret } from "../model/secret.ts";
import { connectS3, type Dial, type S3Target } from "../s3/connect.ts";
import { s3Trouble } from "../s3/trouble.ts";

/** Where a mirror lies. */
export interface SyncPlace {
  readonly target: S3Target;
  /** Another way to it than straight from this machine. */
  readonly dial?: Dial;
  /** The bucket that holds all mirrored buckets, each in a folder of its name; absent mirrors each into the bucket of its own name. */
  readonly bucket?: string;
  /** A folder there; empty for none. No slash at its ends. */
  readonly prefix: string;
}

/** @throws Fault `engine.unsupported` when the resource is no object store */
export function openSource(reach: Reach<unknown>): OpenS3 & { readonly target: BucketTarget } {
  const { target } = reach;
  if (!isBucketTarget(target)) {
    throw new Fault("engine.unsupported", "only buckets can be mirrored", {
      hint: "Choose a resource that holds buckets.",
    });
  }
  const { client, wire, [Symbol.dispose]: dispose } = openS3({ ...reach, target });
  return { client, wire, target, [Symbol.dispose]: dispose };
}

/** Only the engine of buckets has such a target: it went through that engine's own schema. */
function isBucketTarget(target: unknown): target is BucketTarget {
  if (typeof target !== "object" || target === null) return false;
  return (
    "accessKey" in target &&
    "pathStyle" in target &&
    "secretKey" in target &&
    target.secretKey instanceof Secret
  );
}

/** Nothing is sent yet. */
export function openDestination({ target, dial }: SyncPlace): OpenS3 {
  const here = dialFrom("Cofre");
  const way = dial ?? here.dial;
  const { secretKey, ...plain } = target;
  const wire = openWire({
    target: { ...BucketTarget.parse({ ...plain, secretKey: secretKey.reveal() }) },
    dial: way,
  });
  const client = connectS3(target, { dial: way });
  return {
    client,
    wire,
    [Symbol.dispose]: () => {
      client.destroy();
      wire.close();
      here.close();
    },
  };
}

/** Where the objects of one bucket go: the bucket, and what stands before each key. */
export function placeFor({ bucket, prefix }: SyncPlace, source: string): { bucket: string; prefix: string } {
  const folder = [prefix, ...(bucket === undefined ? [] : [source])].filter((part) => part !== "").join("/");
  return { bucket: bucket ?? source, prefix: folder === "" ? "" : `${folder}/` };
}

/** Makes the bucket when it is not there. */
export async function ensureBucket(
  { client }: OpenS3,
  bucket: string,
  abortSignal: AbortSignal,
): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal });
  } catch (error) {
    const trouble = s3Trouble(error);
    if (trouble !== "no-bucket" && trouble !== "no-key") throw bucketFault(error, `looking for ${bucket}`);
    await client
      .send(new CreateBucketCommand({ Bucket: bucket }), { abortSignal })
      .catch((cause: unknown) => {
        throw bucketFault(cause, `making the bucket ${bucket}`);
      });
  }
}

/** The same fault, told of the destination: whoever reads it must not look for its cause at the source. */
export function atDestination(error: unknown, what: string): Fault {
  const fault = bucketFault(error, what);
  if (!fault.code.startsWith("target.")) return fault;
  const code = fault.code === "target.unreachable" ? "store.unavailable" : fault.code;
  return new Fault(code, `at the destination of the sync: ${fault.message}`, {
    hint: "Look at the destination of the sync: its address, its keys and their rights, its space.",
    cause: fault,
    context: fault.context,
  });
}
