import type { S3Client } from "@aws-sdk/client-s3";
import { Fault, isFault } from "../model/fault.ts";
import { type S3Trouble, s3Trouble, s3Words } from "../s3/trouble.ts";

/** Nothing may change or remove what was put before so many days are over, not even its owner. */
export interface S3Lock {
  /** COMPLIANCE binds everybody; GOVERNANCE lets those go around it who have that right. */
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly days: number;
}

/** A bucket, or a folder of one, and how things are put there. */
export interface S3Place {
  readonly client: S3Client;
  /** For messages: `s3://bucket/prefix`. */
  readonly name: string;
  readonly bucket: string;
  /** Empty, or a path that ends with a slash. */
  readonly prefix: string;
  readonly storageClass: string | undefined;
  readonly lock: S3Lock | undefined;
  readonly now: () => Date;
}

interface Call {
  readonly attempted: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs one call of the client and gives every error a name that people can act on. */
export async function calling<Answer>(
  place: S3Place,
  call: Call,
  run: (options: { readonly abortSignal?: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await run(call.signal === undefined ? {} : { abortSignal: call.signal });
  } catch (error) {
    throw storeFault(place, call, error);
  }
}

/** The fault that an error of the client is to a store. */
export function storeFault(place: S3Place, { attempted, signal }: Call, error: unknown): Fault {
  if (signal?.aborted) return cancelled(signal);
  if (isFault(error)) return error;
  const trouble = s3Trouble(error);
  const words = s3Words(error);
  const code = CODES[trouble] ?? "store.unavailable";
  const hint = HINTS[trouble];
  return new Fault(code, `${attempted} in ${place.name} failed: ${words}`, {
    ...(hint === undefined ? {} : { hint }),
    // Not the error itself, which carries the request with its signature.
    cause: new Error(words),
    context: { trouble },
  });
}

/** Why the work was ended. */
export function cancelled(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  if (isFault(reason)) return reason;
  return new Fault("job.cancelled", "the work was cancelled", { cause: reason });
}

const CODES: Readonly<Partial<Record<S3Trouble, Fault["code"]>>> = {
  "no-key": "archive.missing",
  taken: "store.exists",
  "no-space": "store.no-space",
  "bad-range": "archive.damaged",
};

const HINTS: Readonly<Partial<Record<S3Trouble, string>>> = {
  "no-key": "Look whether the object was removed by hand or by a lifecycle rule of the bucket.",
  "no-bucket": "Make the bucket, or correct its name, the region or the path style.",
  refused: "Look at the access key, the secret key, the region, and the rights of that key on the bucket.",
  "no-space": "Free space there, or raise the bucket's quota.",
  "not-implemented": "The provider does not know this part of S3: leave out the lock or the storage class.",
  frozen: "The object rests in an archive class: restore it there first, then try again.",
  certificate: "Give the certificate of the authority that signed the server's own.",
  unavailable: "Look whether the endpoint can be reached and is well, then try again.",
};

/** The object's name in the bucket. */
export function objectKey({ prefix }: S3Place, key: string): string {
  return prefix + key;
}
