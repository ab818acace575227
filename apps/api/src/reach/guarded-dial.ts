import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { BlockList, connect, isIPv6, type Socket } from "node:net";
import { Fault } from "@cofre/core/model";

/** This machine, its networks, and what clouds answer their machines' secrets on. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  PRIVATE.addSubnet(network, bits, "ipv4");
}
for (const [network, bits] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  PRIVATE.addSubnet(network, bits, "ipv6");
}

const CONNECTING_MS = 10_000;

/**
 * Connects to public addresses alone. The address that was judged is the one that is called, so that a name cannot be one thing when
 * asked and another when used.
 *
 * @throws Fault `auth.forbidden` for an address of a private network, `store.unavailable`
 */
export async function guardedDial(host: string, port: number): Promise<Socket> {
  const found = await lookup(host.replace(/^\[|\]$/g, "")).catch((cause: unknown) => {
    throw new Fault("store.unavailable", `the name ${host} leads nowhere`, { cause });
  });
  if (isPrivate(found.address)) {
    throw new Fault("auth.forbidden", `${host} lies in a private network, where Cofre itself may be`, {
      hint: "Only this installation's owner may use an endpoint there.",
    });
  }
  const socket = connect({ host: found.address, port, noDelay: true });
  await once(socket, "connect", { signal: AbortSignal.timeout(CONNECTING_MS) }).catch((cause: unknown) => {
    socket.destroy();
    throw new Fault("store.unavailable", `${host}:${port} cannot be reached`, { cause });
  });
  return socket;
}

/** IPv4 addresses in IPv6's clothes are judged as what they are: a BlockList does so by itself. */
export function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
