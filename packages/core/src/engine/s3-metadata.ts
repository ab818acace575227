import { BlockList, isIPv6 } from "node:net";
import { Fault } from "../model/fault.ts";

/** Where clouds tell their machines who they are, first passwords and credentials among it. */
const METADATA = new BlockList();
METADATA.addSubnet("169.254.0.0", 16, "ipv4");
METADATA.addSubnet("fe80::", 10, "ipv6");
METADATA.addAddress("fd00:ec2::254", "ipv6"); // AWS
METADATA.addAddress("100.100.100.200", "ipv4"); // Alibaba Cloud
METADATA.addAddress("168.63.129.16", "ipv4"); // Azure

/**
 * What a server reaches is its resources' to use, but this is no object store: asked for as objects, it would tell whoever may name an
 * endpoint what only the server's owner is to know.
 *
 * @throws Fault `target.unsuitable`
 */
export function refuseMetadata(address: string): void {
  const [plain = ""] = address.split("%");
  if (!METADATA.check(plain, isIPv6(plain) ? "ipv6" : "ipv4")) return;
  throw new Fault(
    "target.unsuitable",
    `${address} is where clouds tell their machines their secrets, and no object store`,
    {
      hint: "Give the address of the object store itself.",
    },
  );
}
