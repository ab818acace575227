import type { Db, MongoClient } from "mongodb";
import { z } from "zod";
import { type Listed, listed, listedOwn, move } from "./mongodb-collections.ts";
import { formerMarkOf, isOfRestore, markOf, restoreNames, withDots, withoutDots } from "./mongodb-names.ts";

/** Which databases are switched, under which names their collections wait. */
export interface Switch {
  readonly client: MongoClient;
  /** See restoreNames. */
  readonly mark: string;
  /** Never empty. */
  readonly databases: readonly string[];
}

/**
 * In the first database, from the moment when everything old is out of the way until everything new is in place: what came in and what
 * had been there. Its removal is the switch.
 */
const Journal = z.object({
  databases: z.array(
    z.object({ name: z.string(), loaded: z.array(z.string()), before: z.array(z.string()) }),
  ),
});
type Journal = z.infer<typeof Journal>;

interface Found {
  readonly hasLoaded: boolean;
  readonly hasOld: boolean;
  readonly journal: Journal | undefined;
}

export async function lookAround(to: Switch): Promise<Found> {
  const { loaded, old } = restoreNames(to.mark);
  const names = (await Promise.all(dbsOf(to).map(listedOwn))).flat().map(({ name }) => name);
  return {
    hasLoaded: names.some((name) => name.startsWith(loaded)),
    hasOld: names.some((name) => name.startsWith(old)),
    journal: await readJournal(to),
  };
}

/** The mark that an earlier Cofre gave, where anything bears it; else today's. */
export async function markAt(at: Pick<Switch, "client" | "databases">, tag: string): Promise<string> {
  const former = { ...at, mark: formerMarkOf(tag) };
  const { hasLoaded, hasOld, journal } = await lookAround(former);
  return hasLoaded || hasOld || journal !== undefined ? former.mark : markOf(tag);
}

/** Moves the old out and the new in, collection by collection; `onSwitched` is called when all of it is there, before that is final. */
export async function switchIn(to: Switch, onSwitched: () => Promise<void>): Promise<void> {
  const names = restoreNames(to.mark);
  if ((await readJournal(to)) === undefined) {
    for (const db of dbsOf(to))
      await moveAll({ db, part: names.part }, await targetsOwn(db), (name) => names.old + withoutDots(name));
    await writeJournal(to);
  }
  for (const db of dbsOf(to)) {
    await moveAll({ db, part: names.part }, await under(db, names.loaded), (name) =>
      name.slice(names.loaded.length),
    );
  }
  await onSwitched();
  await journalOf(to).drop();
}

/** Puts everything as it was before `switchIn`, and removes what was loaded. Nothing there is no error. */
export async function switchBack(to: Switch): Promise<void> {
  const names = restoreNames(to.mark);
  const journal = await readJournal(to);
  for (const { name, loaded, before } of journal?.databases ?? []) {
    for (const one of loaded) {
      if (!before.includes(one)) await to.client.db(name).dropCollection(one);
    }
  }
  for (const db of dbsOf(to)) {
    await moveAll({ db, part: names.part }, await under(db, names.old), (name) =>
      withDots(name.slice(names.old.length)),
    );
  }
  await dropUnder(to, names.loaded);
  await dropUnder(to, names.part);
  if (journal !== undefined) await journalOf(to).drop();
}

/** Lets go what was there before. */
export async function dropOld(to: Switch): Promise<void> {
  await dropUnder(to, restoreNames(to.mark).old);
}

export async function under(db: Db, prefix: string): Promise<readonly Listed[]> {
  return (await listedOwn(db)).filter(({ name }) => name.startsWith(prefix));
}

async function targetsOwn(db: Db): Promise<readonly Listed[]> {
  return (await listedOwn(db)).filter(({ name }) => !isOfRestore(name));
}

async function moveAll(
  { db, part }: { readonly db: Db; readonly part: string },
  collections: readonly Listed[],
  rename: (name: string) => string,
): Promise<void> {
  if (collections.length === 0) return;
  const present = await listed(db);
  for (const from of collections) await move(db, { from, to: rename(from.name), part, present });
}

async function dropUnder(to: Switch, prefix: string): Promise<void> {
  for (const db of dbsOf(to)) {
    for (const { name } of await under(db, prefix)) await db.dropCollection(name);
  }
}

function dbsOf({ client, databases }: Switch): readonly Db[] {
  return databases.map((name) => client.db(name));
}

function journalOf({ client, databases, mark }: Switch) {
  return client.db(databases[0] ?? "").collection(restoreNames(mark).journal);
}

async function readJournal(to: Switch): Promise<Journal | undefined> {
  const found = await journalOf(to).findOne();
  return found === null ? undefined : Journal.parse(found);
}

async function writeJournal(to: Switch): Promise<void> {
  const { loaded, old } = restoreNames(to.mark);
  const databases = await Promise.all(
    dbsOf(to).map(async (db) => ({
      name: db.databaseName,
      loaded: (await under(db, loaded)).map(({ name }) => name.slice(loaded.length)),
      before: (await under(db, old)).map(({ name }) => withDots(name.slice(old.length))),
    })),
  );
  await journalOf(to).insertOne({ databases });
}
