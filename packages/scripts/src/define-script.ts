import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createCofre } from "@cofre/sdk";
import type { z } from "zod";
import { type Ending, endingOf, UsageError } from "./ending.ts";
import { type Interrupt, interruptOf } from "./interrupt.ts";
import { outputTo } from "./output.ts";
import type { Tools } from "./tools.ts";
import { finishWith } from "./tools.ts";

/** A flag of a script; every script also has `--json`, `--help`, `--url` and reads COFRE_URL and COFRE_API_KEY. */
export interface Flag {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly help: string;
}

export interface Script<Args> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Words after the name, as help shows them: `<resource> [backup]`. */
  readonly usage: string;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly examples: readonly string[];
  /** Reads `{ words: string[], ...flags }`. */
  readonly args: z.ZodType<Args>;
  /** What it returns is printed by `--json`. */
  run(tools: Tools, args: Args): Promise<object>;
}

const COMMON = {
  json: { type: "boolean", help: "print the result as one JSON object, and nothing else" },
  quiet: {
    type: "boolean",
    help: "say nothing unless something fails: for cron, which mails whatever is said",
  },
  url: { type: "string", help: "where Cofre answers (else COFRE_URL, else http://127.0.0.1:3210)" },
  help: { type: "boolean", help: "show this text" },
} as const satisfies Record<string, Flag>;

/**
 * Makes a script a program: parses, runs, prints, and exits with the code of what went wrong. Interrupted (SIGINT, SIGTERM), it
 * cancels the jobs that it started, waits until they are over and says so; interrupted again, it ends at once.
 */
export async function defineScript<Args>(script: Script<Args>): Promise<void> {
  const flags = { ...script.flags, ...COMMON };
  const asked = (flag: string) => process.argv.includes(flag);
  const out = outputTo(process, { asJson: asked("--json"), isQuiet: asked("--quiet") });
  const interrupt = interruptOf(process, (text) => out.warn(text));
  try {
    const { values, positionals } = parse(flags);
    if (values.help === true) {
      out.print(helpOf(script, flags));
      return;
    }
    const args = script.args.safeParse({ ...values, words: positionals });
    if (!args.success) throw new UsageError(args.error.issues.map((issue) => issue.message).join("; "));
    const cofre = createCofre({ url: urlFrom(values.url), apiKey: apiKeyFrom(process.env) });
    const { signal } = interrupt;
    const tools = { cofre, out, signal, finish: finishWith({ cofre, out, signal }) };
    out.result(await script.run(tools, args.data));
  } catch (error) {
    fail(endingOf(error), interrupt);
  }

  function fail(ending: Ending, { exitCode }: Interrupt): void {
    out.failure(ending, ending.isUsage ? `usage: ${script.name} ${script.usage}` : undefined);
    process.exitCode = ending.code === "job.cancelled" ? (exitCode() ?? ending.exitCode) : ending.exitCode;
  }
}

function parse(flags: Readonly<Record<string, Flag>>): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: string[];
} {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, multiple }]) => [name, { type, multiple: multiple ?? false }]),
  );
  try {
    return parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function urlFrom(flag: unknown): string {
  return typeof flag === "string" ? flag : (process.env.COFRE_URL ?? "http://127.0.0.1:3210");
}

/** Never a flag: what stands on a command line can be seen by everybody on the machine. */
function apiKeyFrom({ COFRE_API_KEY: key, COFRE_API_KEY_FILE: file }: NodeJS.ProcessEnv): string {
  if (key !== undefined && key !== "") return key;
  if (file === undefined || file === "") {
    throw new UsageError("no API key: set COFRE_API_KEY, or COFRE_API_KEY_FILE to a file that holds it");
  }
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the file of COFRE_API_KEY_FILE cannot be read: ${why}`, { cause: error });
  }
}

function helpOf(script: Omit<Script<never>, "args" | "run">, flags: Readonly<Record<string, Flag>>): string {
  const rows = Object.entries(flags).map(([name, { type, help }]) => {
    const shown = type === "string" ? `--${name} VALUE` : `--${name}`;
    return `  ${shown.padEnd(24)} ${help}`;
  });
  return [
    script.summary,
    "",
    `usage: ${script.name} ${script.usage}`,
    "",
    ...rows,
    "",
    "examples:",
    ...script.examples.map((example) => `  ${example}`),
    "",
    "exit codes: 0 done · 2 bad request · 3 a server failed · 4 a database failed · 5 a store failed",
    "            6 a bad archive · 70 Cofre itself failed · 130 cancelled",
  ].join("\n");
}
