import { BlockList, isIP } from "node:net";
import { ConfigError } from "../config.ts";

/** The client's address, from the connection and as many X-Forwarded-For entries as trusted proxies vouch for. */
export type AddressOf = (connection: string | undefined, forwardedFor: string | undefined) => string;

/** @throws ConfigError when an entry is neither an address nor a CIDR range. */
export function addressesBehind(trustedProxies: readonly string[]): AddressOf {
  const trusted = new BlockList();
  for (const entry of trustedProxies) addEntry(trusted, entry);
  return (connection, forwardedFor) => {
    const hops = (forwardedFor ?? "").split(",").map((hop) => plain(hop.trim()));
    let address = plain(connection ?? "");
    // From the nearest hop outwards: each proxy vouches only for the one before it, and anybody can write the rest.
    while (isTrusted(trusted, address)) {
      const next = hops.pop();
      if (next === undefined || isIP(next) === 0) break;
      address = next;
    }
    return address === "" ? "unknown" : address;
  };
}

function addEntry(list: BlockList, entry: string): void {
  const [address = "", prefix] = entry.split("/");
  const family = isIP(address);
  const bits = Number(prefix);
  if (family === 0) throw unusable(entry);
  const kind = family === 6 ? "ipv6" : "ipv4";
  if (prefix === undefined) {
    list.addAddress(address, kind);
    return;
  }
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) throw unusable(entry);
  list.addSubnet(address, bits, kind);
}

function unusable(entry: string): ConfigError {
  return new ConfigError(
    `COFRE_TRUSTED_PROXIES: ${entry} is neither an address nor a range such as 10.0.0.0/8`,
  );
}

function isTrusted(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** IPv4 in IPv6's clothes is the same neighbour. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
