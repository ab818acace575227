import type { Engine } from "./engine.ts";
import { ARCHIVE, identifyArchive, MONGODB_ID, validateArchive } from "./mongodb-check.ts";
import { detectMongo } from "./mongodb-detect.ts";
import { dumpMongo, sweepDump } from "./mongodb-dump.ts";
import { inspectMongo } from "./mongodb-inspect.ts";
import { restoreMongo } from "./mongodb-restore.ts";
import { MONGODB_PORT, MongoTarget } from "./mongodb-target.ts";

/** MongoDB, its builds, and FerretDB: dumped by `mongodump --archive`, loaded by `mongorestore` beside the target, switched by renames. */
export const mongodb: Engine<MongoTarget> = {
  id: MONGODB_ID,
  kind: "database",
  label: "MongoDB",
  capabilities: {
    unit: "database",
    combinesUnits: true,
    consistent: false,
    stagedRestore: true,
    atomicRestore: true,
    downtime: "sessions-end",
    keepsOld: false,
    selective: false,
    restoreNeedsContainer: false,
    restoreOptions: ["roles"],
  },
  formats: [ARCHIVE],
  defaultPort: MONGODB_PORT,
  configSchema: MongoTarget,
  secretFields: ["password"],
  detect: detectMongo,
  inspect: inspectMongo,
  dump: dumpMongo,
  identify: identifyArchive,
  validate: validateArchive,
  restore: restoreMongo,
  sweep: sweepDump,
};
