import { createHash } from "node:crypto";
import type { TarHead } from "./s3-tar.ts";

/**
 * Traits of an object, by the header that gives them: `content-type`, `x-amz-meta-colour`, and its tags as `x-amz-tagging`. They rest in
 * the tar as extended attributes, so that `tar --xattrs` gives them back and a tar without it says nothing.
 */
export type Traits = Readonly<Record<string, string>>;

const PREFIX = "SCHILY.xattr.user.s3.";
const COPIED = [
  "content-type",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
  "x-amz-website-redirect-location",
] as const;
const META = "x-amz-meta-";

/** One object, version or deletion as it stands in the archive. */
export interface Recorded {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  readonly etag: string;
  readonly traits: Traits;
  /** Of the versions of this key from the oldest on; 0 where versions are not kept. */
  readonly ordinal: number;
  readonly isLatest: boolean;
  readonly isDeletion: boolean;
  readonly versionId: string | null;
}

/** How a bucket itself stands in the archive. */
export interface RecordedBucket {
  readonly bucket: string;
  readonly versioning: "off" | "on" | "suspended";
}

/** The traits among the headers of an answer; tags are asked for apart. */
export function traitsOf(headers: Readonly<Record<string, string | undefined>>): Traits {
  const traits: Record<string, string> = {};
  for (const name of COPIED) {
    const value = headers[name];
    if (value !== undefined && value !== "") traits[name] = value;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(META) && value !== undefined) traits[name] = value;
  }
  return traits;
}

/** The entry of an object. Everything that is not current lies apart, so that a plain `tar -x` gives the buckets as they were. */
export function headFor(one: Recorded): TarHead {
  const own = safePath(one.key);
  const isCurrent = one.isLatest && !one.isDeletion;
  const path = isCurrent
    ? `${one.bucket}/${own}`
    : `${one.bucket}+versions/${own}/${one.ordinal}${one.isDeletion ? "-deleted" : ""}`;
  const records: Record<string, string> = {};
  if (!isCurrent || own !== one.key) records[`${PREFIX}key`] = one.key;
  if (one.etag !== "") records[`${PREFIX}etag`] = one.etag;
  if (one.versionId !== null) {
    records[`${PREFIX}version`] = `${one.ordinal} ${stateOf(one)} ${one.versionId}`;
  }
  for (const [name, value] of Object.entries(one.traits)) records[PREFIX + name] = value;
  return { path, kind: "file", bytes: one.bytes, modifiedAt: one.modifiedAt, records };
}

function stateOf({ isLatest, isDeletion }: Recorded): string {
  return `${isLatest ? "latest" : "older"}${isDeletion ? "-deletion" : ""}`;
}

export function headForBucket({ bucket, versioning }: RecordedBucket): TarHead {
  const records: Record<string, string> = { [`${PREFIX}bucket`]: bucket };
  if (versioning !== "off") records[`${PREFIX}versioning`] = versioning;
  return { path: `${bucket}/`, kind: "folder", bytes: 0, modifiedAt: new Date(0), records };
}

/** Undefined when the entry is no bucket of ours. */
export function bucketFrom({ kind, records }: TarHead): RecordedBucket | undefined {
  const bucket = records[`${PREFIX}bucket`];
  if (kind !== "folder" || bucket === undefined) return undefined;
  const versioning = records[`${PREFIX}versioning`];
  return { bucket, versioning: versioning === "on" || versioning === "suspended" ? versioning : "off" };
}

/** Undefined when the entry is no object of this bucket. */
export function objectFrom(head: TarHead, bucket: string): Recorded | undefined {
  const { [`${PREFIX}key`]: named, [`${PREFIX}etag`]: etag = "", ...rest } = head.records;
  const [ordinal = "0", state = "latest", ...id] = (rest[`${PREFIX}version`] ?? "").split(" ");
  const start = `${bucket}/`;
  const key = named ?? (head.path.startsWith(start) ? head.path.slice(start.length) : undefined);
  if (head.kind !== "file" || key === undefined || key === "") return undefined;
  const traits: Record<string, string> = {};
  for (const [keyword, value] of Object.entries(rest)) {
    const name = keyword.slice(PREFIX.length);
    if (keyword.startsWith(PREFIX) && name !== "version") traits[name] = value;
  }
  return {
    ...{ bucket, key, etag, traits, bytes: head.bytes, modifiedAt: head.modifiedAt },
    ordinal: Number(ordinal) || 0,
    isLatest: state.startsWith("latest") || state === "",
    isDeletion: state.endsWith("-deletion"),
    versionId: id.length === 0 ? null : id.join(" "),
  };
}

const LONGEST_PART = 240;

/** A key as a path that every tar unpacks below its folder and every file system can hold. */
function safePath(key: string): string {
  if (!ODD_KEY.test(key) && Buffer.byteLength(key) <= LONGEST_PART) return key;
  return key.split("/").map(safePart).join("/");
}

/** Empty, `.` and `..` parts, and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ODD_KEY = /(^|\/)(\.{0,2})(\/|$)|[\u0000-\u001f\u007f]/;

function safePart(part: string): string {
  if (part === "") return "%";
  if (part === "." || part === "..") return part.replaceAll(".", "%2E");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  const clean = part.replaceAll(/[\u0000-\u001f\u007f]/g, (sign) => encodeURIComponent(sign));
  if (Buffer.byteLength(clean) <= LONGEST_PART) return clean;
  const digest = createHash("sha256").update(part).digest("hex").slice(0, 16);
  return `${[...clean].slice(0, 50).join("")}~${digest}`;
}
