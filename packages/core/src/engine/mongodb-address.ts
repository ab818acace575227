import { z } from "zod";
import type { Reach } from "./engine.ts";
import type { MongoTarget } from "./mongodb-target.ts";

/** Where the resource is reached from the server that carries it. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const Networks = z.record(
  z.string(),
  z.object({ IPAddress: z.string().nullish(), GlobalIPv6Address: z.string().nullish() }),
);
const Ports = z.record(
  z.string(),
  z.array(z.object({ HostIp: z.string().nullish(), HostPort: z.string().nullish() })).nullish(),
);
const Inspected = z.object({
  NetworkSettings: z.object({ Networks: Networks.nullish(), Ports: Ports.nullish() }),
  HostConfig: z.object({ NetworkMode: z.string() }),
});
type Inspected = z.infer<typeof Inspected>;

/**
 * For a container: its addresses in its networks, then its published port, then the server's own loopback when it shares that network.
 * Asked each time, because a restart gives new addresses.
 */
export async function addressesOf(reach: Reach<MongoTarget>): Promise<readonly Address[]> {
  const { container, target, server, signal, tag } = reach;
  if (container === undefined) return [{ host: target.host, port: target.port }];
  const argv = [...container.client, "inspect", "--type", "container", container.container] as const;
  const { code, stdout } = await server.run({ argv }, { signal, tag });
  const found = code === 0 ? z.array(Inspected).parse(JSON.parse(stdout))[0] : undefined;
  if (found === undefined) return [];
  return distinct([...inside(found, target.port), ...published(found, target.port)]);
}

function inside({ NetworkSettings, HostConfig }: Inspected, port: number): readonly Address[] {
  if (HostConfig.NetworkMode === "host") return [{ host: "127.0.0.1", port }];
  return Object.values(NetworkSettings.Networks ?? {})
    .flatMap((network) => [network.IPAddress ?? "", network.GlobalIPv6Address ?? ""])
    .filter((ip) => ip !== "")
    .map((host) => ({ host, port }));
}

function published({ NetworkSettings }: Inspected, port: number): readonly Address[] {
  return (NetworkSettings.Ports?.[`${port}/tcp`] ?? []).map(({ HostIp, HostPort }) => ({
    host: HostIp === "" || HostIp === "0.0.0.0" || HostIp === "::" || HostIp == null ? "127.0.0.1" : HostIp,
    port: Number(HostPort),
  }));
}

function distinct(addresses: readonly Address[]): readonly Address[] {
  const seen = new Map(addresses.map((address) => [`${address.host} ${address.port}`, address]));
  return [...seen.values()];
}
