import type { EngineId, EngineKind } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import { slugify } from "./slug.ts";

/** What a backup's place in a store is made from. */
export interface ArchiveName {
  readonly kind: EngineKind;
  readonly engine: EngineId;
  /** Slugs, unique in the installation; any other name is made one. */
  readonly project: string;
  readonly resource: string;
  /** Names of what is inside, as the engine says them; several become `all`. */
  readonly units: readonly string[];
  readonly at: Date;
  /** IANA name of the schedule's zone: people look for a backup by the clock on their wall. */
  readonly timeZone: string;
}

/**
 * The archive's key without its extension: `databases/<project>/<engine>/<resource>/backup-YYYY-MM-DD-HH-MM-<unit>`, or
 * `files/<project>/<resource>/<unit>-YYYY-MM-DD-HH-MM`. Not unique: two in one minute, or in an hour that the clock repeats, are
 * told apart by `withCollision`.
 */
export function keyStem(name: ArchiveName): string {
  const project = slugify(name.project);
  const resource = slugify(name.resource);
  const unit = unitSlug(name.units);
  const stamp = wallClock(name.at, name.timeZone);
  if (name.kind === "files") return `files/${project}/${resource}/${unit}-${stamp}`;
  return `databases/${project}/${slugify(name.engine)}/${resource}/backup-${stamp}-${unit}`;
}

/** The n-th name for the same stem: the stem itself for 1, then `-2`, `-3`. */
export function withCollision(stem: string, n: number): string {
  return n <= 1 ? stem : `${stem}-${n}`;
}

/** Where the manifest of an archive lies. */
export function manifestKey(archiveKey: string): string {
  return `${archiveKey}.json`;
}

/** The archive that a manifest's key belongs to; undefined when it is no manifest's key. */
export function archiveKeyOf(key: string): string | undefined {
  return key.endsWith(".json") ? key.slice(0, -".json".length) : undefined;
}

/** Where a small file beside an archive lies: `….dump.zst.globals.sql`. */
export function riderKey(archiveKey: string, riderName: string): string {
  return `${archiveKey}.${riderName}`;
}

function unitSlug(units: readonly string[]): string {
  const [only, ...others] = units;
  return only === undefined || others.length > 0 ? "all" : slugify(only);
}

/** `YYYY-MM-DD-HH-MM` as the clock in that zone shows it. Throws `input.invalid` for a zone that does not exist. */
function wallClock(at: Date, timeZone: string): string {
  const parts = new Map(
    clockIn(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const wanted = ["year", "month", "day", "hour", "minute"] as const;
  return wanted.map((part) => parts.get(part) ?? "00").join("-");
}

function clockIn(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
  } catch (error) {
    throw noSuchZone(timeZone, error);
  }
}

function noSuchZone(timeZone: string, cause: unknown): Fault {
  return new Fault("input.invalid", `${timeZone} is not a time zone`, {
    hint: "Give an IANA name such as America/Sao_Paulo or UTC.",
    cause,
  });
}
