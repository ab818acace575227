import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { type Fault, isFault } from "../model/fault.ts";
import { type Address, nobodyThere } from "./dial.ts";
import type { Dialling, Host, Server } from "./host.ts";

interface Ground {
  readonly name: string;
  readonly run: Host["run"];
  readonly dial: (host: string, port: number, options?: Dialling) => Promise<Duplex>;
}

/**
 * A machine's dial that lets its caller judge. The machine looks names up itself, and what was judged is what is called, so that a name
 * cannot be one thing when asked and another when used.
 */
export function judgedDial(ground: Ground): Server["dial"] {
  return async (host, port, { judge, ...options } = {}) => {
    if (judge === undefined) return await ground.dial(host, port, options);
    const addresses = await addressesOf(ground, { host, port }, options);
    for (const address of addresses) judge(address);
    return await firstThatAnswers(ground, { addresses, port }, options);
  };
}

/** Unlike `hosts`, `ahosts` tells both families, in the order in which they are to be tried. */
async function addressesOf(
  { name, run }: Ground,
  { host, port }: Address,
  { signal }: Dialling,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const argv = ["getent", "ahosts", "--", host] as const;
  const asked = await run({ argv }, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (isFault(error, "server.tool-missing")) return undefined;
    throw error;
  });
  // A machine that has nothing to ask, or whose tool knows no such question (1): its name is judged as it is written.
  if (asked === undefined || asked.code === 1) return [host];
  const found = asked.stdout.split("\n").flatMap((line) => line.trim().split(/\s+/)[0] || []);
  if (found.length === 0) throw nobodyThere(name, { host, port }, new Error("the name leads nowhere"));
  return [...new Set(found)];
}

async function firstThatAnswers(
  { name, dial }: Ground,
  { addresses, port }: { readonly addresses: readonly string[]; readonly port: number },
  options: Dialling,
): Promise<Duplex> {
  let last: Fault = nobodyThere(name, { host: "", port }, new Error("it has no address"));
  for (const address of addresses) {
    try {
      return await dial(address, port, options);
    } catch (error) {
      if (!isFault(error, "target.unreachable")) throw error;
      last = error;
    }
  }
  throw last;
}
