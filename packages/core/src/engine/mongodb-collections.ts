import { type Db, type Document, MongoServerError } from "mongodb";
import { z } from "zod";
import { Fault } from "../model/fault.ts";

/** One collection or view as the server lists it. */
export interface Listed {
  readonly name: string;
  readonly isView: boolean;
  readonly isTimeseries: boolean;
  readonly options: Document;
}

const Entry = z.object({
  name: z.string(),
  type: z.string().optional(),
  options: z.record(z.string(), z.unknown()).optional(),
});

export async function listed(db: Db): Promise<readonly Listed[]> {
  const entries = await db.listCollections({}, { nameOnly: false }).toArray();
  return entries.map((entry) => {
    const { name, type, options = {} } = Entry.parse(entry);
    return { name, isView: type === "view", isTimeseries: type === "timeseries", options };
  });
}

/** The server's own collections are neither renamed nor restored. */
export async function listedOwn(db: Db): Promise<readonly Listed[]> {
  return (await listed(db)).filter(({ name }) => !name.startsWith("system."));
}

const INVALID_NAMESPACE = 73;

/** From where to where, and what is there already. */
interface Move {
  readonly from: Listed;
  readonly to: string;
  /** A name to copy under, of this restore. */
  readonly part: string;
  readonly present: readonly Listed[];
}

/**
 * Gives a collection another name in its database, whatever bore that name before. Doing it again after a crash ends well: `from` goes
 * only when `to` is whole, and a `to` without a dot is there only when it is whole.
 */
export async function move(db: Db, { from, to, part, present }: Move): Promise<void> {
  const inTheWay = present.find(({ name }) => name === to);
  if (inTheWay !== undefined && (from.isView || inTheWay.isView)) await db.dropCollection(to);
  if (from.isView) {
    // A view has no data of its own; servers do not rename it.
    await db.command({ create: to, ...from.options });
    await db.dropCollection(from.name);
    return;
  }
  try {
    await rename(db, from.name, to);
  } catch (error) {
    // FerretDB renames no collection with a dot in its name.
    if (!(error instanceof MongoServerError) || error.code !== INVALID_NAMESPACE) throw error;
    await copy(db, from, to.includes(".") ? to : part);
    if (!to.includes(".")) await rename(db, part, to);
    await db.dropCollection(from.name);
  }
}

async function rename(db: Db, from: string, to: string): Promise<void> {
  const [renameCollection, full] = [from, to].map((name) => `${db.databaseName}.${name}`);
  await db.admin().command({ renameCollection, to: full, dropTarget: true });
}

/** By the server itself: documents, options and indexes. */
async function copy(db: Db, from: Listed, to: string): Promise<void> {
  await db.dropCollection(to);
  await db.command({ create: to, ...from.options });
  const source = db.collection(from.name);
  const indexes = (await source.indexes()).filter(({ name }) => name !== "_id_");
  if (indexes.length > 0) await db.command({ createIndexes: to, indexes: indexes.map(definitionOf) });
  const into = { into: to, whenMatched: "fail", whenNotMatched: "insert" };
  await source.aggregate([{ $merge: into }]).toArray();
  const [written, found] = await Promise.all(
    [source, db.collection(to)].map((one) => one.countDocuments({})),
  );
  if (written === found) return;
  throw new Fault(
    "restore.failed",
    `${db.databaseName}.${from.name} was copied within the server, but not whole`,
    {
      hint: "Look at the server's log and free space, then try again.",
      context: { written: written ?? null, found: found ?? null },
    },
  );
}

function definitionOf(index: Document): Document {
  return Object.fromEntries(Object.entries(index).filter(([field]) => field !== "v" && field !== "ns"));
}
