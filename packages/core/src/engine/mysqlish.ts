import { randomBytes } from "node:crypto";
import { toFault } from "../model/fault.ts";
import type { Engine, Reach } from "./engine.ts";
import { detectServer } from "./mysqlish-detect.ts";
import { planDump } from "./mysqlish-dump.ts";
import { identify, planCheck } from "./mysqlish-format.ts";
import { inspectServer, logIn } from "./mysqlish-inspect.ts";
import { planRestore } from "./mysqlish-restore.ts";
import { ask } from "./mysqlish-session.ts";
import { literal } from "./mysqlish-sql.ts";
import { MYSQL_PORT, type MysqlTarget, mysqlConfig } from "./mysqlish-target.ts";
import type { Vendor } from "./mysqlish-vendor.ts";

/**
 * A server of the MySQL family by its vendor's own programs: one dump in a snapshot whose rows are counted in the same moment, a load
 * beside the target, and a switch that moves all tables in one statement.
 */
export function mysqlish(vendor: Vendor): Engine<MysqlTarget> {
  return {
    id: vendor.id,
    kind: "database",
    label: vendor.label,
    capabilities: {
      unit: "database",
      combinesUnits: false,
      consistent: true,
      stagedRestore: true,
      atomicRestore: true,
      downtime: "read-only-seconds",
      keepsOld: true,
      selective: false,
      restoreNeedsContainer: false,
      restoreOptions: [],
    },
    formats: [vendor.format],
    defaultPort: MYSQL_PORT,
    configSchema: mysqlConfig,
    secretFields: ["password"],
    detect: (container) => detectServer(vendor, container),
    inspect: (reach) => inspectServer(vendor, reach),
    dump: (reach, request) => planDump(vendor, reach, request),
    identify: (head) => identify(vendor, head),
    validate: (bench) => planCheck(vendor, bench),
    restore: (reach, request) => planRestore(vendor, reach, request),
    sweep: (reach) => sweep(vendor, reach),
  };
}

/**
 * A session counts on for a client that was killed. Asked under another tag: whoever cancels the job stops everything that carries
 * its own.
 */
async function sweep(vendor: Vendor, reach: Reach<MysqlTarget>): Promise<void> {
  const { session } = await logIn(vendor, { ...reach, tag: randomBytes(16).toString("hex") });
  const mark = literal(`%cofre:${reach.tag}%`);
  const printed = await ask(session, [
    `select id from information_schema.processlist where info like ${mark} and id <> connection_id()`,
  ]);
  const ids = printed.split("\n").filter((id) => /^\d+$/.test(id));
  for (const id of ids) await ask(session, [`kill ${id}`]).catch(unlessGone);
}

const NO_SUCH_THREAD = 1094;

/** One that has ended meanwhile is no error. */
function unlessGone(error: unknown): void {
  if (toFault(error).context.error !== NO_SUCH_THREAD) throw error;
}
