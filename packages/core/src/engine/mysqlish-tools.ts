import { Fault } from "../model/fault.ts";
import type { Reach } from "./engine.ts";
import { toolVersion } from "./mysqlish-format.ts";
import type { About } from "./mysqlish-inspect.ts";
import { PICK, toolMissing } from "./mysqlish-session.ts";
import type { MysqlTarget } from "./mysqlish-target.ts";
import { isNewerSeries, type Vendor } from "./mysqlish-vendor.ts";

/** A program by the names that vendors and versions give it, and what it says of its version. */
interface Program {
  readonly names: readonly string[];
  readonly said: string;
}

/** The vendor's programs where the engine's commands run. */
export interface Programs {
  readonly vendor: Vendor;
  readonly reach: Reach<MysqlTarget>;
  readonly found: readonly Program[];
}

/** The program that writes dumps. It takes no login to ask. */
export function dumpPrograms(vendor: Vendor, reach: Reach<MysqlTarget>): Promise<Programs> {
  return askPrograms(vendor, reach, [vendor.dump]);
}

/** The client that loads, and the program that writes the code of both sides of a switch. */
export function restorePrograms(vendor: Vendor, reach: Reach<MysqlTarget>): Promise<Programs> {
  return askPrograms(vendor, reach, [vendor.client, vendor.dump]);
}

const NEXT = "cofre:next\n";

async function askPrograms(
  vendor: Vendor,
  reach: Reach<MysqlTarget>,
  all: readonly (readonly string[])[],
): Promise<Programs> {
  const { host, signal, tag } = reach;
  const asking = all.map((names) => `tool=$(pick ${names.join(" ")}) && "$tool" --version\necho cofre:next`);
  const argv = ["sh", "-c", `${PICK}${asking.join("\n")}`] as const;
  const said = (await host.run({ argv }, { signal, tag })).stdout.split(NEXT);
  return { vendor, reach, found: all.map((names, index) => ({ names, said: said[index] ?? "" })) };
}

/** Their versions. Throws when one is missing, the other vendor's, or older than the server: it would leave out what it does not know. */
export function fittingVersions(
  { vendor, reach, found }: Programs,
  { numbers }: About,
  verb: "dump" | "restore to",
): readonly string[] {
  return found.map(({ names, said }) => {
    const version = toolVersion(said);
    if (version === undefined) throw toolMissing(vendor, reach, names);
    const isOther = /mariadb/i.test(said) !== (vendor.id === "mariadb");
    if (!isOther && !isNewerSeries(numbers, version)) return version;
    const program = isOther ? said.trim() : `${names[0]} ${version}`;
    throw new Fault("engine.version", `${program} cannot ${verb} a ${vendor.label} ${numbers} server`, {
      hint: `Install the client programs of ${vendor.label} ${numbers} on that server, or add the resource by its container.`,
      context: { tool: version, server: numbers },
    });
  });
}
