import type { Command } from "../host/host.ts";
import { Fault } from "../model/fault.ts";
import type { DumpPlan, DumpRemains, DumpRequest, Reach } from "./engine.ts";
import { saveAccounts } from "./mongodb-accounts.ts";
import { ARCHIVE, archiveFormat } from "./mongodb-check.ts";
import { factsSaid } from "./mongodb-facts.ts";
import { type MongoServer, serverOf, unitsOf } from "./mongodb-inspect.ts";
import { mergedDump } from "./mongodb-merge.ts";
import { withMongo } from "./mongodb-session.ts";
import type { MongoTarget } from "./mongodb-target.ts";
import { judgedTools, tool, toolVersion } from "./mongodb-tools.ts";

/** Version of the archive's own layout, the only one so far. */
const LAYOUT = "0.1";
const WORDS = "COFRE_WORDS";

/**
 * What mongodump says is where the counts are: it goes to the companion whole, and to stderr, of which only head and tail are kept. It
 * looks for its garbage less often than Go does by itself: a dump takes a fourteenth less time, and 45 MB more (GOGC, see runtime in Go's
 * library).
 */
const DUMP = `
exec 4>&1
code=$({
  { GOGC=400 mongodump "$@" 2>&6 >&4; echo "$?" >&5; } 6>&1 | tee "$${WORDS}/words" >&2
} 5>&1)
exit "\${code:-1}"
`;

/** Prints what mongodump says, its progress left out: that alone would fill any limit in a long night. */
const LISTEN = `
umask 077
folder=/tmp/cofre-words-$1
rm -rf "$folder" && mkdir "$folder" && mkfifo "$folder/words" || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
echo "$folder"
grep -v '\\[[#.]*\\]' < "$folder/words"
exit 0
`;

/** What a killed companion leaves. */
export async function sweepDump({ host, tag }: Reach<MongoTarget>): Promise<void> {
  await host.run({ argv: ["rm", "-rf", `/tmp/cofre-words-${tag}`] });
}

/** One program for the whole server or for one database; for some of several their programs, joined to one archive in Cofre. */
export async function dumpMongo(reach: Reach<MongoTarget>, request: DumpRequest): Promise<DumpPlan> {
  const [{ server, there, accounts }, version] = await Promise.all([
    withMongo(reach, async (client) => {
      const names = (await unitsOf(client)).map(({ name }) => name);
      return {
        server: await serverOf(client),
        there: names,
        accounts: await saveAccounts(client, names),
      };
    }),
    toolVersion(reach, "mongodump"),
  ]);
  for (const unit of request.units) if (!there.includes(unit)) throw missing(reach, unit);
  const warnings = [
    ...warningsOf(server),
    ...accounts.warnings,
    ...judgedTools("mongodump", { tool: version, server: server.version }),
  ];
  const common = {
    format: archiveFormat(LAYOUT),
    serverVersion: server.version,
    riders: accounts.riders,
    tools: { mongodump: version },
  };
  const isWhole = there.every((name) => request.units.includes(name));
  const [only, ...more] = request.units;
  if (!isWhole && more.length > 0) return { ...common, ...mergedDump(reach, request.units, warnings) };
  const command = dumpCommand(reach, isWhole ? undefined : only);
  return {
    ...common,
    source: { via: "command", command, on: reach.host },
    companion: {
      command: { argv: ["sh", "-c", LISTEN, "cofre", reach.tag] },
      on: reach.host,
      exports: WORDS,
    },
    conclude: (remains) => ({ facts: conclude(request.units, remains), warnings }),
  };
}

function dumpCommand(reach: Reach<MongoTarget>, database: string | undefined): Command {
  return tool(reach, DUMP, ["--archive", ...(database === undefined ? [] : [`--db=${database}`])]);
}

function conclude(units: readonly string[], { companion, stderr }: DumpRemains) {
  const failure = /^\S+\tFailed: .*$/m.exec(`${companion ?? ""}\n${stderr}`)?.[0];
  if (failure === undefined) return factsSaid(units, companion ?? "");
  throw new Fault(
    "dump.incomplete",
    `mongodump ended as if whole but said: ${failure.replace(/^\S+\t/, "")}`,
    {
      hint: "Read the program's own words below, mend the cause and try again.",
      context: { stderr: stderr.slice(-1000) },
    },
  );
}

function warningsOf({ replicaSet }: MongoServer): readonly string[] {
  const why = replicaSet === null ? "a server alone keeps no log" : "its log is not taken along";
  return [
    `each collection was read whole, but the collections are not of one moment (${why}): clients that wrote meanwhile may show in one and not yet in another`,
  ];
}

function missing({ host }: Reach<MongoTarget>, unit: string): Fault {
  return new Fault("target.missing", `MongoDB on ${host.name} has no database called ${unit}`, {
    hint: "Choose among the databases that are there: MongoDB has none without a collection.",
    context: { format: ARCHIVE },
  });
}
