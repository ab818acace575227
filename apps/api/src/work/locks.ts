import type { Store } from "@cofre/core";
import { type KeepRules, type KeepVerdict, keep, Manifest, manifestKey } from "@cofre/core";
import type { Fault } from "@cofre/core/model";
import { and, eq, inArray } from "../db/orm.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";
import { conflict } from "../feature/conflict.ts";
import { answered, question } from "../reach/questions.ts";
import { keepable } from "./keepable.ts";
import type { BackupRow } from "./rows.ts";

type Asking = Pick<Deps, "db" | "reach">;

interface Lock {
  readonly until: Date;
  /** The store's name. */
  readonly place: string;
}

/**
 * Looks for locks before anything is marked or removed: a backup that goes in one place and stays locked in another would be neither
 * kept nor gone.
 *
 * @throws Fault `state.conflict` that names place and day; `store.*`, `server.unreachable` when a place does not say
 */
export async function requireUnlocked(deps: Asking, row: BackupRow): Promise<void> {
  const lock = await lockOf(deps, row);
  if (lock !== undefined) throw isLocked(lock);
}

function isLocked({ until, place }: Lock): Fault {
  const day = until.toISOString();
  return conflict(
    `this backup is locked in ${place} until ${day}`,
    { lockedUntil: day, place },
    "Wait until the lock has ended: that nobody can remove it earlier is what the lock is for.",
  );
}

/** The lock that ends last, of all the places that have the backup; undefined when nothing holds it. */
async function lockOf(deps: Asking, row: BackupRow): Promise<Lock | undefined> {
  const locks: Lock[] = [];
  for (const { storeId, keys } of await placesOf(deps, row)) {
    const { signal } = question();
    const store = await answered("the store", signal, deps.reach.store(storeId));
    locks.push(...(await answered(store.name, signal, locksIn(store, keys))));
  }
  return locks.toSorted((a, b) => b.until.getTime() - a.until.getTime())[0];
}

async function locksIn(store: Store, keys: readonly string[]): Promise<readonly Lock[]> {
  const ends = await Promise.all(keys.map(async (key) => await store.lockedUntil(key)));
  return ends.flatMap((until) => (until === undefined ? [] : [{ until, place: store.name }]));
}

interface PlaceKeys {
  readonly storeId: string;
  readonly keys: readonly string[];
}

/** Only S3 has locks: a server that is away is not asked. */
async function placesOf({ db }: Asking, row: BackupRow): Promise<readonly PlaceKeys[]> {
  if (row.storeKey === null) return [];
  const copies = await db.select().from(backupCopies).where(eq(backupCopies.backupId, row.id));
  const manifestKeys = row.manifestKey === null ? [] : [row.manifestKey];
  const places = [
    { storeId: row.storeId, keys: [...manifestKeys, ...row.riderKeys, row.storeKey] },
    ...copies.map(({ storeId, manifest }) => ({ storeId, keys: keysIn(manifest) })),
  ];
  const ids = places.map(({ storeId }) => storeId);
  const lockable = await db
    .select({ id: stores.id })
    .from(stores)
    .where(and(eq(stores.kind, "s3"), inArray(stores.id, ids)));
  return places.filter(({ storeId }) => lockable.some(({ id }) => id === storeId));
}

/** A copy without a manifest never came to rest. */
function keysIn(kept: unknown): readonly string[] {
  const { success, data } = Manifest.safeParse(kept);
  if (!success) return [];
  const { archive, riders } = data;
  return [manifestKey(archive.key), ...riders.map(({ key }) => key), archive.key];
}

/** Retention's judgement; what would go is asked for its locks, so that nothing is begun that cannot be ended. */
export async function judge(
  deps: Asking & Pick<Deps, "now">,
  rows: readonly BackupRow[],
  rules: KeepRules,
): Promise<readonly KeepVerdict[]> {
  const now = deps.now();
  const backups = rows.map(keepable);
  const verdicts = keep(backups, rules, now);
  const going = new Set(verdicts.filter((verdict) => !verdict.keep).map(({ id }) => id));
  const locks = new Map<string, Date>();
  for (const row of rows.filter(({ id }) => going.has(id))) {
    // A place that does not say refuses the removal too, and is told there.
    const lock = await lockOf(deps, row).catch(() => undefined);
    if (lock !== undefined) locks.set(row.id, lock.until);
  }
  return keep(
    backups.map((backup) => ({ ...backup, lockedUntil: locks.get(backup.id) ?? null })),
    rules,
    now,
  );
}
