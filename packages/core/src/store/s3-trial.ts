import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Fault, isFault } from "../model/fault.ts";
import { headOf } from "./s3-objects.ts";
import { calling, objectKey, type S3Lock, type S3Place } from "./s3-place.ts";
import type { OwnCheck } from "./store.ts";

/** So long is the trial's own object locked: the trial must be able to remove it. */
const LOCKED_MS = 5_000;
/** S3 tells its time in whole seconds. */
const ROUNDED_MS = 1_000;

/** What is asked of a bucket beside the promises of every store. */
export function checksOf(place: S3Place): readonly OwnCheck[] {
  const { lock } = place;
  return [
    ...(lock === undefined ? [] : [{ id: "locks", run: (key: string) => locks(place, lock, key) }]),
    { id: "expires-nothing", run: () => expiresNothing(place) },
    { id: "clears-broken-uploads", run: () => clearsBrokenUploads(place) },
  ];
}

/** Backups are put with a lock, and what else the trial writes is not: a bucket made without Object Lock refuses only the former. */
async function locks(place: S3Place, { mode }: S3Lock, key: string): Promise<undefined> {
  const of = { Bucket: place.bucket, Key: objectKey(place, key) };
  const put = async (more: object) =>
    await calling(place, { attempted: `putting ${key}` }, () =>
      place.client.send(new PutObjectCommand({ ...of, Body: "locked for a moment", ...more })),
    );
  const versions = [(await put({})).VersionId];
  try {
    // Its own clock counts, not ours.
    const now = (await headOf(place, key))?.LastModified ?? place.now();
    const until = { ObjectLockMode: mode, ObjectLockRetainUntilDate: new Date(now.getTime() + LOCKED_MS) };
    versions.push((await put(until).catch(refused(place))).VersionId);
    const kept = await headOf(place, key);
    await sleep(LOCKED_MS + ROUNDED_MS);
    if (kept?.ObjectLockRetainUntilDate === undefined) throw notShown(place);
    return undefined;
  } finally {
    for (const VersionId of versions) {
      // What the trial found is what must be told.
      await place.client.send(new DeleteObjectCommand({ ...of, VersionId })).catch(() => undefined);
    }
  }
}

function refused({ name }: S3Place) {
  return (error: unknown): never => {
    if (!isFault(error)) throw error;
    throw new Fault("store.unavailable", `${name} takes nothing that is to be locked: ${error.message}`, {
      hint: "Choose a bucket that was made with Object Lock and a key with the right s3:PutObjectRetention, or leave the lock out.",
      cause: error,
    });
  };
}

function notShown({ name }: S3Place): Fault {
  return new Fault("store.unavailable", `${name} took an object that was to be locked, and shows no lock`, {
    hint: "Give the key the right s3:GetObjectRetention; if it has it, this provider does not keep locks.",
  });
}

/** A rule of the bucket knows nothing of retention, and removes what it was not asked to. */
async function expiresNothing(place: S3Place): Promise<string | undefined> {
  const rules = await rulesOf(place);
  if (typeof rules === "string") return rules;
  const expiring = rules.filter((rule) => isExpiring(rule) && touches(rule, place));
  if (expiring.length === 0) return undefined;
  return `the bucket removes archives by itself, whatever retention says: ${expiring.map(inWords).join("; ")}`;
}

/** Parts of an upload whose Cofre died cost space and show in no listing. */
async function clearsBrokenUploads(place: S3Place): Promise<string | undefined> {
  const rules = await rulesOf(place);
  if (typeof rules === "string") return undefined;
  const isCleared = rules.some(
    (rule) =>
      rule.AbortIncompleteMultipartUpload !== undefined && place.prefix.startsWith(prefixOf(rule) ?? ""),
  );
  if (isCleared) return undefined;
  return "no rule of the bucket clears broken uploads: add AbortIncompleteMultipartUpload after 2 days, unless the provider clears them by itself, as MinIO does";
}

/** Those that are in force; words when they may not be seen. */
async function rulesOf(place: S3Place): Promise<readonly LifecycleRule[] | string> {
  try {
    const { Rules = [] } = await calling(place, { attempted: "reading the lifecycle rules" }, () =>
      place.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: place.bucket })),
    );
    return Rules.filter(({ Status }) => Status === "Enabled");
  } catch (error) {
    // Without any rule S3 answers that there is no such thing, and some providers know no rules at all.
    if (isFault(error, "archive.missing") || trouble(error) === "not-implemented") return [];
    if (trouble(error) !== "refused") throw error;
    return "the key may not see the bucket's lifecycle rules (s3:GetLifecycleConfiguration): make sure that none removes archives";
  }
}

function trouble(error: unknown): unknown {
  return isFault(error) ? error.context.trouble : undefined;
}

function isExpiring({ Expiration }: LifecycleRule): boolean {
  return Expiration?.Days !== undefined || Expiration?.Date !== undefined;
}

/** Where both folders overlap. Rules for tagged objects leave ours alone, which have no tags. */
function touches(rule: LifecycleRule, { prefix }: S3Place): boolean {
  if (rule.Filter?.Tag !== undefined || rule.Filter?.And?.Tags !== undefined) return false;
  const ruled = prefixOf(rule) ?? "";
  return ruled.startsWith(prefix) || prefix.startsWith(ruled);
}

function prefixOf({ Prefix, Filter }: LifecycleRule): string | undefined {
  return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix;
}

function inWords(rule: LifecycleRule): string {
  const { ID, Expiration } = rule;
  const days = Expiration?.Days;
  const when = days === undefined ? `on ${Expiration?.Date?.toISOString()}` : `after ${days} days`;
  return `rule ${ID ?? "without a name"} expires ${prefixOf(rule) ?? ""}* ${when}`;
}
