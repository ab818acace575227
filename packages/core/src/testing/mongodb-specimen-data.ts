import { Binary, BSON, type Db, type Document, Long, type MongoClient } from "mongodb";

const ORDERS = 2000;

/** Names that a shell, a pattern or a rename may take for something else. */
const COLLECTIONS = {
  types: "types",
  orders: "orders",
  dotted: "fs.files",
  odd: `odd "name" 'x' \\ \`(id)\` 100%2E * 😀`,
  indexed: "indexed",
  capped: "capped",
  empty: "empty",
} as const;

/** One of each type that BSON has, odd numbers, odd keys, and a long document. */
function everyType(): Document[] {
  return [
    { _id: 1, int: new BSON.Int32(1), long: Long.fromString("9007199254740993"), double: new BSON.Double(1) },
    { _id: 2, nan: Number.NaN, infinity: Number.POSITIVE_INFINITY, zero: new BSON.Double(-0) },
    { _id: 3, decimal: BSON.Decimal128.fromString("1234567890.123456789012345678"), null: null },
    { _id: 4, at: new Date(-1), stamp: new BSON.Timestamp({ t: 5, i: 6 }), pattern: /^a"b$/i },
    { _id: 5, min: new BSON.MinKey(), max: new BSON.MaxKey(), code: new BSON.Code("return 1") },
    { _id: 6, bytes: new Binary(Buffer.from([0, 255, 128, 10])), uuid: new BSON.UUID() },
    { _id: new BSON.ObjectId(), text: "Ação 日本語 🗝️ \n\t\\ \"'`$(id)", "key with space 😀": [[], {}, [{}]] },
    { _id: { compound: 1, id: "x" }, long: "é".repeat(300_000) },
  ];
}

const INDEXES: readonly Document[] = [
  { key: { unique: 1 }, name: "unique", unique: true },
  { key: { sparse: -1 }, name: "sparse", sparse: true },
  { key: { partial: 1 }, name: "partial", partialFilterExpression: { partial: { $gt: 5 } } },
  // Old dates would be deleted while the test looks.
  { key: { at: 1 }, name: "ttl", expireAfterSeconds: 315_360_000 },
  { key: { text: "text" }, name: "text", weights: { text: 3 }, default_language: "portuguese" },
  { key: { place: "2dsphere" }, name: "2dsphere" },
  { key: { "wild.$**": 1 }, name: "wildcard" },
  { key: { hashed: "hashed" }, name: "hashed" },
  { key: { a: 1, "b.c": -1 }, name: `compound "odd" 'name' 😀` },
];

const FILES: Document[] = [{ filename: "a.png", _id: 1 }, { _id: 2 }];

export async function fillDatabase(db: Db): Promise<void> {
  await fillSmall(db);
  const orders: Document[] = Array.from({ length: ORDERS }, (_, index) => ({
    _id: index,
    customer: `c${index % 97}`,
    index,
  }));
  await db.collection<Document>(COLLECTIONS.orders).insertMany(orders);
  await db.collection(COLLECTIONS.dotted).insertMany(FILES);
  await db.command({
    createIndexes: COLLECTIONS.dotted,
    indexes: [{ key: { filename: 1 }, name: "by name" }],
  });
  await db.command({ create: COLLECTIONS.capped, capped: true, size: 65_536, max: 100 });
  await db.collection(COLLECTIONS.capped).insertMany([{ line: 1 }, { line: 2 }]);
  await db.command({ create: COLLECTIONS.empty });
  await db.command({ createIndexes: COLLECTIONS.indexed, indexes: INDEXES });
  await db.collection(COLLECTIONS.indexed).insertOne({
    unique: 1,
    at: new Date(),
    text: "coração",
    place: { type: "Point", coordinates: [-46.6, -23.5] },
    wild: { anything: [1] },
  });
}

/** What every database gets. */
export async function fillSmall(db: Db): Promise<void> {
  await db.collection(COLLECTIONS.types).insertMany(everyType());
  await db.collection(COLLECTIONS.odd).insertMany([{ a: 1 }, { a: 2 }, { a: 3 }]);
}

/** Adds, changes and removes, in collections that were there and in new ones. */
export async function changeDatabase(db: Db): Promise<void> {
  const orders = db.collection<Document>(COLLECTIONS.orders);
  await orders.updateMany({ index: { $mod: [7, 0] } }, { $set: { changed: true } });
  await orders.deleteMany({ index: { $mod: [11, 0] } });
  await db.collection(COLLECTIONS.dotted).insertOne({ filename: "since.png" });
  await db.command({ dropIndexes: COLLECTIONS.indexed, index: "unique" }).catch(() => undefined);
  await db.collection("created.since").insertOne({ since: true });
  await db.collection("created_since").insertOne({ since: true });
  await db.dropCollection(COLLECTIONS.odd);
}

interface DescribedCollection {
  readonly name: string;
  readonly options: unknown;
  readonly indexes: readonly string[];
  readonly documents: readonly Uint8Array[];
}

/** A description of every collection but for the database's name: options, indexes, and the documents as bytes. */
export async function describeDatabase(
  client: MongoClient,
  name: string,
): Promise<readonly DescribedCollection[]> {
  const db = client.db(name);
  const listed = await db.listCollections({}, { nameOnly: false }).toArray();
  return Promise.all(
    listed.map(async (entry) => {
      const collection = db.collection(entry.name);
      const indexes = (await collection.indexes()).map(({ v, ns, storageEngine, ...index }) =>
        BSON.EJSON.stringify(sorted(index)),
      );
      const raw: unknown[] = await collection.find({}, { raw: true }).toArray();
      const documents = raw.filter((bytes) => bytes instanceof Uint8Array);
      if (documents.length !== raw.length) throw new Error("documents came back read, not raw");
      return { name: entry.name, options: entry.options, indexes: indexes.toSorted(), documents };
    }),
  );
}

/** The order of an index's own options means nothing, that of its keys does. */
function sorted(document: Document): Document {
  return Object.fromEntries(Object.entries(document).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
