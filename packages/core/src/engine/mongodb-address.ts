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
  Id: z.string(),
  NetworkSettings: z.object({ Networks: Networks.nullish(), Ports: Ports.nullish() }),
  HostConfig: z.object({ NetworkMode: z.string() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
type Inspected = z.infer<typeof Inspected>;

/**
 * For a container: its addresses in its networks, its published port, the server's own loopback when it shares that network. Asked each
 * time, because a restart gives new addresses. Any of them may not answer.
 */
export async function addressesOf(reach: Reach<MongoTarget>): Promise<readonly Address[]> {
  const { container, target } = reach;
  if (container === undefined) return [{ host: target.host, port: target.port }];
  const inspect = ["inspect", "--type", "container", container.container];
  const found = z.array(Inspected).parse(JSON.parse((await ask(reach, inspect)) ?? "[]"))[0];
  if (found === undefined) return [];
  const { port } = target;
  return distinct([...inside(found, port), ...published(found, port), ...(await gateway(reach, found))]);
}

/** Undefined when the container engine refused. */
async function ask(
  { container, server, signal, tag }: Reach<MongoTarget>,
  words: readonly string[],
): Promise<string | undefined> {
  const [program = "docker", ...client] = container?.client ?? [];
  const { code, stdout } = await server.run({ argv: [program, ...client, ...words] }, { signal, tag });
  return code === 0 ? stdout : undefined;
}

const GATEWAY = "docker_gwbridge";
const Attached = z.record(z.string(), z.object({ IPv4Address: z.string() }));

/** A service of a swarm is in overlay networks, which its own server cannot reach; to that it is tied by a bridge that inspect leaves out. */
async function gateway(reach: Reach<MongoTarget>, { Id, Config }: Inspected): Promise<readonly Address[]> {
  if (Config?.Labels?.["com.docker.swarm.task.id"] === undefined) return [];
  const printed = await ask(reach, ["network", "inspect", "-f", "{{json .Containers}}", GATEWAY]);
  const address = Attached.safeParse(JSON.parse(printed ?? "{}")).data?.[Id]?.IPv4Address;
  const host = address?.replace(/\/\d+$/, "") ?? "";
  return host === "" ? [] : [{ host, port: reach.target.port }];
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
