import { join } from "node:path";
import { isFault } from "@cofre/core/model";
import { createApp } from "./app.ts";
import { buildDeps } from "./build-deps.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { openCatalogue } from "./db/open.ts";
import type { Deps } from "./deps.ts";
import { isSetupOpen } from "./feature/setup/complete.ts";
import { setUpFromEnvironment } from "./feature/setup/from-environment.ts";
import { ensureFirstServer } from "./first-server.ts";
import { addressesBehind } from "./limits/address.ts";
import { createLog } from "./log.ts";
import { resetFromConsole } from "./reset-password.ts";
import { loadMasterKey } from "./seal/master-key.ts";
import { VERSION } from "./version.ts";
import { type Listening, listen } from "./web/listen.ts";
import { openQueue, startWork, type Working } from "./work/start.ts";

const PANEL = join(import.meta.dirname, "../../web/dist");

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Takes the port, opens the catalogue, builds the application, starts the work; and undoes it in reverse. */
async function start(config: Config): Promise<void> {
  addressesBehind(config.trustedProxies); // what cannot be used is said before anything is opened
  const log = createLog(config.logLevel);
  const listening = await listen(config);
  const catalogue = await openCatalogue(config);
  const masterKey = await loadMasterKey(config);
  const now = () => new Date();
  const opened = await openQueue({ catalogue, db: catalogue.db, log, now });
  let working: Working | undefined;
  const deps = await buildDeps({
    config,
    catalogue,
    masterKey,
    queue: opened.queue,
    log,
    now,
    isWorking: async () => working !== undefined,
    panelFolder: PANEL,
  });
  await ensureFirstServer(deps);
  await setUpFromEnvironment(deps);
  listening.open(createApp(deps));
  working = await startWork(deps, opened);
  stopOnSignal(deps, { listening, working });
  await greet(deps, listening);
}

async function greet({ config, db, setup }: Deps, { port }: Listening): Promise<void> {
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  say(`Cofre ${VERSION}`);
  say(`  address   ${config.publicUrl ?? `http://${host}:${port}`}`);
  if (await isSetupOpen(db)) say(`  set-up    open the address and enter this code: ${setup.code}`);
  say(
    `  data      ${config.databaseUrl === undefined ? config.dataDir : `PostgreSQL, and ${config.dataDir}`}`,
  );
  say(`  process   ${process.pid}`);
}

function stopOnSignal(deps: Deps, { listening, working }: { listening: Listening; working: Working }): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    say("Cofre is stopping; backups that run on servers go on there.");
    deps.jobChanges.stop();
    await listening.close();
    await working.close();
    await deps.reach.close();
    await deps.catalogue.close();
    process.exit(0);
  };
  const stopOrFail = () => {
    stop().catch((error: unknown) => {
      deps.log.fatal({ err: error }, "stopping failed");
      process.exit(1);
    });
  };
  process.on("SIGTERM", stopOrFail);
  process.on("SIGINT", stopOrFail);
  process.on("unhandledRejection", (error) =>
    deps.log.error({ err: error }, "a failure that nobody handled"),
  );
}

async function main(words: readonly string[]): Promise<void> {
  const config = readConfig(process.env);
  const [command, email] = words;
  if (command === undefined) return await start(config);
  if (command !== "reset-password" || email === undefined) {
    say("usage: start, or: start reset-password <e-mail>");
    process.exitCode = 2;
    return;
  }
  if (!(await resetFromConsole(config, email, say))) process.exitCode = 1;
}

/** A person reads this: one line for what is wrong, one for what to do. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (isFault(error)) return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`Cofre cannot start:\n${explain(error)}\n`);
  process.exit(1);
});
