import { randomBytes } from "node:crypto";
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { Fault, isFault } from "../model/fault.ts";
import { CHECK_FOLDER } from "./checks.ts";
import { headOf, removeObject } from "./s3-objects.ts";
import { objectKey, type S3Place } from "./s3-place.ts";
import { checkSamples, type Sample } from "./s3-samples.ts";

/** One put on its way. */
export interface Writing {
  readonly place: S3Place;
  readonly key: string;
  /** Kept with the object, so that this put's own is known from another's. */
  readonly token: string;
  readonly signal: AbortSignal;
  readonly input: Omit<PutObjectCommandInput, "Body">;
}

/** What was sent, as S3 must tell it again. */
export interface Sent {
  readonly bytes: number;
  /** Of the whole object as S3 forms it: its MD5, or the MD5 of the parts' MD5s and their number. */
  readonly etag: string;
  readonly samples: readonly Sample[];
}

const TOKEN = "cofre-put";
const DAY_MS = 86_400_000;
const CLEANING_MS = 30_000;

export function writingTo(place: S3Place, key: string, signal: AbortSignal): Writing {
  const token = randomBytes(16).toString("hex");
  return {
    place,
    key,
    token,
    signal,
    input: {
      Bucket: place.bucket,
      Key: objectKey(place, key),
      ContentType: "application/octet-stream",
      Metadata: { [TOKEN]: token },
      // checked: S3 itself refuses a class that it does not have
      ...(place.storageClass === undefined ? {} : { StorageClass: place.storageClass as "STANDARD" }),
      ...lockOf(place, key),
    },
  };
}

function lockOf({ lock, now }: S3Place, key: string) {
  // What "Test this store" writes must be removable again.
  if (lock === undefined || key.startsWith(`${CHECK_FOLDER}/`)) return {};
  return {
    ObjectLockMode: lock.mode,
    ObjectLockRetainUntilDate: new Date(now().getTime() + lock.days * DAY_MS),
  };
}

type Claim = { readonly IfNoneMatch?: string };

/**
 * Makes an object visible on the condition that nothing bears its name. A try whose answer was lost meets its own object; a provider
 * that does not know the condition gets the request without it: the name was free when the put began.
 */
export async function claiming(writing: Writing, act: (claim: Claim) => Promise<unknown>): Promise<void> {
  try {
    await act({ IfNoneMatch: "*" });
  } catch (error) {
    if (isFault(error) && error.context.trouble === "not-implemented") {
      await act({});
      return;
    }
    if (writing.signal.aborted || !(await isOurs(writing))) throw error;
  }
}

/**
 * Looks at what S3 keeps now: a put only succeeds when that is what was sent, by size, ETag and samples.
 *
 * @throws Fault `store.unavailable`, `store.exists`
 */
export async function checkStored({ place, key, token, signal }: Writing, sent: Sent): Promise<void> {
  const head = await headOf(place, key, signal);
  const owner = head?.Metadata?.[TOKEN];
  if (owner !== undefined && owner !== token) throw taken(place, key);
  if (head === undefined) throw lied(place, key, "and it is not there after all");
  if (head.ContentLength !== sent.bytes) {
    throw lied(place, key, `with ${sent.bytes} bytes, and it has ${head.ContentLength}`);
  }
  if (head.ServerSideEncryption === undefined || head.ServerSideEncryption === "AES256") {
    checkEtag(place, { key, etag: head.ETag, mustBe: sent.etag });
  }
  await checkSamples({ place, key, signal }, sent.samples);
}

/** An ETag that looks like an MD5 must be the one of what was sent; some providers make other ones, which tell nothing. */
export function checkEtag(
  place: S3Place,
  { key, etag, mustBe }: { readonly key: string; readonly etag: string | undefined; readonly mustBe: string },
): void {
  const plain = etag?.replaceAll('"', "").toLowerCase() ?? "";
  if (!/^[0-9a-f]{32}(-\d+)?$/.test(plain) || plain === mustBe) return;
  throw lied(place, key, `with the MD5 ${mustBe}, and it has ${plain}`);
}

export function taken({ name }: S3Place, key: string): Fault {
  return new Fault("store.exists", `${key} is already in ${name}, and archives are never overwritten`);
}

function lied({ name }: S3Place, key: string, found: string): Fault {
  return new Fault("store.unavailable", `${name} took ${key} ${found}`, {
    hint: "The network or the store changed bytes on the way; try again, and test the store.",
  });
}

/** Removes what a failed put made visible, if it is that put's own. */
export async function discard({ place, key, token }: Writing): Promise<void> {
  // Not the put's own signal, which may be what ended it; the first fault is what must be told.
  const signal = AbortSignal.timeout(CLEANING_MS);
  if (!(await isOurs({ place, key, token, signal }).catch(() => false))) return;
  await removeObject(place, key, signal).catch(() => undefined);
}

async function isOurs({ place, key, token, signal }: Omit<Writing, "input">): Promise<boolean> {
  return (await headOf(place, key, signal))?.Metadata?.[TOKEN] === token;
}
