import type { MongoClient } from "mongodb";
import type { UnitFacts } from "../model/engine.ts";
import { Fault, toFault } from "../model/fault.ts";
import type { Reach, Restoration, RestoreRequest } from "./engine.ts";
import { checkMongoRestore } from "./mongodb-check-target.ts";
import { unitsOf } from "./mongodb-inspect.ts";
import { markOf, pattern, restoreNames } from "./mongodb-names.ts";
import { withMongo } from "./mongodb-session.ts";
import { dropOld, lookAround, markAt, type Switch, switchBack, switchIn, under } from "./mongodb-switch.ts";
import { forgetSwitch, rememberSwitch, wasSwitched } from "./mongodb-switched.ts";
import type { MongoTarget } from "./mongodb-target.ts";
import { tool } from "./mongodb-tools.ts";
import { makeAccounts } from "./mongodb-users.ts";

const SWEEP_MS = 60_000;

/**
 * Loads beside the target's own collections, in the same databases under names of this restore, counts, and renames: the old out of the
 * way, the new in its place, each rename a change of the catalogue alone.
 */
export function restoreMongo(reach: Reach<MongoTarget>, request: RestoreRequest): Restoration {
  if (request.units.length === 0) {
    throw new Fault("input.invalid", "no database was named to be restored", { hint: "Name at least one." });
  }
  const databases = [...new Set(request.units.map(({ into }) => into))];
  const told: string[] = [];
  const at = <T>(work: (to: Switch) => Promise<T>, on = reach): Promise<T> =>
    withMongo(on, async (client) =>
      work({ client, databases, mark: await markAt({ client, databases }, reach.tag) }),
    );
  return {
    check: async () => void told.push(...(await checkMongoRestore(reach, request))),
    present: () =>
      at(async ({ client }) => {
        const there = (await unitsOf(client)).map(({ name }) => name);
        return databases.filter((name) => there.includes(name));
      }),
    prepare: () => at((to) => sweep(reach, to)),
    load: { via: "command", command: loadCommand(reach, request), on: reach.host },
    loaded: () => at(({ client }) => count(client, { reach, request, told })),
    commit: async () => {
      try {
        await at((to) => commit(reach, to));
      } catch (error) {
        await at((to) => sweep(reach, to), { ...reach, signal: AbortSignal.timeout(SWEEP_MS) });
        throw error;
      }
      told.push(...(await at(({ client }) => makeAccounts(client, request)).catch(notMade)));
    },
    stage: () => at((to) => stageOf(reach, to)),
    abort: () => at((to) => sweep(reach, to)),
    undo: async () => undefined,
    drop: async () => {
      await at(async (to) => ((await stageOf(reach, to)) === "switched" ? dropOld(to) : undefined));
      await forgetSwitch(reach);
    },
    warnings: () => told,
  };
}

/** The data is in place: nothing that comes now takes it back. */
function notMade(error: unknown): readonly string[] {
  return [`missing users and roles could not be made: ${toFault(error).message}`];
}

async function commit(reach: Reach<MongoTarget>, to: Switch): Promise<void> {
  if ((await stageOf(reach, to)) !== "switched") await switchIn(to, () => rememberSwitch(reach));
  await dropOld(to);
}

/** Everything as it was before, unless it is switched already. */
async function sweep(reach: Reach<MongoTarget>, to: Switch): Promise<void> {
  if ((await stageOf(reach, to)) !== "staged") return;
  await switchBack(to);
  await forgetSwitch(reach);
}

async function stageOf(reach: Reach<MongoTarget>, to: Switch): Promise<"absent" | "staged" | "switched"> {
  const found = await lookAround(to);
  if (found.hasLoaded || found.journal !== undefined) return "staged";
  if (found.hasOld) return "switched";
  return (await wasSwitched(reach)) ? "switched" : "absent";
}

/** Without `--stopOnError` documents that fail are counted, told, and left out with exit 0. */
function loadCommand(reach: Reach<MongoTarget>, { units }: RestoreRequest) {
  const { loaded } = restoreNames(markOf(reach.tag));
  const words = units.flatMap(({ from, into }) => [
    `--nsInclude=${pattern(from)}.*`,
    `--nsFrom=${pattern(from)}.*`,
    `--nsTo=${pattern(into)}.${loaded}*`,
  ]);
  return tool(reach, 'exec mongorestore "$@"', ["--archive", "--stopOnError", "--quiet", ...words]);
}

interface Counting {
  readonly reach: Reach<MongoTarget>;
  readonly request: RestoreRequest;
  /** Gets a sentence for each collection that lost documents to their age. */
  readonly told: string[];
}

async function count(client: MongoClient, counting: Counting): Promise<readonly UnitFacts[]> {
  const facts: UnitFacts[] = [];
  for (const { from, into } of counting.request.units) {
    const archived = counting.request.facts.find(({ name }) => name === from)?.counts ?? {};
    facts.push({ name: into, counts: await countDatabase(client, { ...counting, into, archived }) });
  }
  return facts;
}

interface CountingOne extends Counting {
  readonly into: string;
  readonly archived: Readonly<Record<string, number>>;
}

async function countDatabase(client: MongoClient, one: CountingOne): Promise<Record<string, number>> {
  const db = client.db(one.into);
  const { loaded } = restoreNames(markOf(one.reach.tag));
  const counts: Record<string, number> = {};
  for (const { name, isView } of await under(db, loaded)) {
    if (isView) continue;
    const own = name.slice(loaded.length);
    const found = await db.collection(name).countDocuments({});
    counts[own] = found;
    const written = one.archived[own] ?? 0;
    // The server deletes what is past its time as soon as it is loaded, and rightly so.
    if (
      found < written &&
      (await db.collection(name).indexes()).some((index) => "expireAfterSeconds" in index)
    ) {
      counts[own] = written;
      one.told.push(
        `${written - found} documents of ${one.into}.${own} had expired since the backup and were deleted by the server`,
      );
    }
  }
  return counts;
}
