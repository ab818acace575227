import { Fault } from "../model/fault.ts";
import { toolVersion } from "./mysqlish-format.ts";
import type { About } from "./mysqlish-inspect.ts";
import { PICK, run, type Session, toolMissing } from "./mysqlish-session.ts";
import { isNewerSeries } from "./mysqlish-vendor.ts";

interface Tool {
  /** The names that vendors and versions give it. */
  readonly names: readonly string[];
  readonly verb: "dump" | "restore to";
}

/** Version of the dump program. Throws when it is the other vendor's or older than the server: it would leave out what it does not know. */
export function dumpTool(session: Session, about: About): Promise<string> {
  return fittingTool(session, about, { names: session.vendor.dump, verb: "dump" });
}

/** The client that loads, and the program that writes the code of both sides of a switch. Throws as `dumpTool`. */
export async function refuseTools(session: Session, about: About): Promise<void> {
  const { client, dump } = session.vendor;
  await fittingTool(session, about, { names: client, verb: "restore to" });
  await fittingTool(session, about, { names: dump, verb: "restore to" });
}

async function fittingTool(session: Session, about: About, { names, verb }: Tool): Promise<string> {
  const { vendor, reach } = session;
  const text = `${PICK}tool=$(pick ${names.join(" ")}) || exit 127\nexec "$tool" --version`;
  const { code, stdout } = await run(session, { argv: ["sh", "-c", text] });
  const version = toolVersion(stdout);
  if (code === 127 || version === undefined) throw toolMissing(vendor, reach, names);
  const isOther = /mariadb/i.test(stdout) !== (vendor.id === "mariadb");
  if (!isOther && !isNewerSeries(about.numbers, version)) return version;
  const found = isOther ? stdout.trim() : `${names[0]} ${version}`;
  throw new Fault("engine.version", `${found} cannot ${verb} a ${vendor.label} ${about.numbers} server`, {
    hint: `Install the client programs of ${vendor.label} ${about.numbers} on that server, or add the resource by its container.`,
    context: { tool: version, server: about.numbers },
  });
}
