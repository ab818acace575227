import { Fault } from "../model/fault.ts";
import type { Place } from "./mysqlish-places.ts";
import { loginWords, PICK, run, type Session, script, toolMissing } from "./mysqlish-session.ts";
import { identifier } from "./mysqlish-sql.ts";

/** Views, triggers, routines and events of one schema, as the vendor's own program writes them: names in it carry no schema. */
export interface Code {
  readonly text: string;
  readonly warnings: readonly string[];
}

const CODE_WORDS = [
  "--skip-comments",
  "--skip-lock-tables",
  "--no-data",
  "--skip-add-locks",
  "--no-tablespaces",
] as const;
const CODE_LIMIT_BYTES = 64 << 20;

/** Views that name what is not there any more are left out and told when the code `mayBeBroken`; else they are refused. */
export async function codeOf(
  session: Session,
  place: Place,
  { mayBeBroken }: { readonly mayBeBroken: boolean },
): Promise<Code> {
  const { name, views } = place;
  const write = async (words: readonly string[]): Promise<Code> => {
    const ran = await dumpCode(session, [...(mayBeBroken ? ["--force"] : []), ...words]);
    if (ran.code === 0) return { text: withoutSandbox(ran.stdout), warnings: [] };
    if (!mayBeBroken) throw codeFault(name, ran.stderr);
    const broken = ran.stderr.trim().slice(-500);
    return {
      text: withoutSandbox(ran.stdout),
      warnings: [`code of the old ${name} that was broken already is not kept: ${broken}`],
    };
  };
  const hasMore = [place.triggers, place.events, place.functions, place.procedures].some(
    (all) => all.length > 0,
  );
  const [more, seen] = await Promise.all([
    hasMore ? write(["--no-create-info", "--routines", "--events", "--triggers", "--", name]) : NO_CODE,
    views.length > 0 ? write(["--skip-triggers", "--", name, ...views]) : NO_CODE,
  ]);
  // Functions before the views that call them.
  return { text: more.text + seen.text, warnings: [...more.warnings, ...seen.warnings] };
}

const NO_CODE: Code = { text: "", warnings: [] };

function codeFault(schema: string, stderr: string): Fault {
  return new Fault(
    "restore.failed",
    `the code of ${schema} could not be read: ${stderr.trim().split("\n").at(-1) ?? ""}`,
    {
      context: { stderr: stderr.slice(-2048) },
    },
  );
}

async function dumpCode(session: Session, words: readonly string[]) {
  const { vendor, reach } = session;
  const text = `${PICK}dump=$(pick ${vendor.dump.join(" ")}) || exit 127\nexec "$dump" "$@"`;
  const command = script(session, "", []);
  const all = [...loginWords(session), ...CODE_WORDS, ...vendor.dumpWords, ...words];
  const ran = await run(
    session,
    { ...command, argv: ["sh", "-c", text, "cofre", ...all] },
    { limitBytes: CODE_LIMIT_BYTES },
  );
  if (ran.code === 127) throw toolMissing(vendor, reach, vendor.dump);
  return ran;
}

function withoutSandbox(text: string): string {
  return text.replaceAll(/^\/\*M?!999999\\- .*$\n/gm, "");
}

const EVENT = /^\/\*!50106 CREATE\*\/.*$/gm;

/** Events of data that nobody uses must not run; what ran before is told from what was off by this mark. */
export function asleep(code: string): string {
  return code.replaceAll(EVENT, (line) =>
    line
      .replace(/ PRESERVE DISABLE ON (SLAVE|REPLICA)\b/, " PRESERVE DISABLE")
      .replace(/ PRESERVE ENABLE\b/, " PRESERVE DISABLE ON SLAVE"),
  );
}

export function awake(code: string): string {
  return code.replaceAll(EVENT, (line) =>
    line.replace(/ PRESERVE DISABLE ON (SLAVE|REPLICA)\b/, " PRESERVE ENABLE"),
  );
}

/** Code that was made under other default collations sets and resets them, by the schema's name. */
export function movedTo(code: string, schema: string): string {
  return code.replaceAll(
    /^ALTER DATABASE `.*?` CHARACTER SET /gm,
    () => `ALTER DATABASE ${identifier(schema)} CHARACTER SET `,
  );
}
