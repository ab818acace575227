import type { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { Fault, isFault } from "../model/fault.ts";
import { connectS3, type Dial } from "../s3/connect.ts";
import type { Reach } from "./engine.ts";
import { refuseMetadata } from "./s3-metadata.ts";
import { type BucketTarget, endpointOf } from "./s3-target.ts";
import { openWire, type Wire } from "./s3-wire.ts";

/** An object store that is reached: the SDK for everything but the bytes of objects, the wire for those. */
export interface OpenS3 extends Disposable {
  readonly client: S3Client;
  readonly wire: Wire;
}

/** Opens the way to a store through the server that carries it. Nothing is sent yet. */
export function openS3(reach: Pick<Reach<BucketTarget>, "server" | "container" | "target">): OpenS3 {
  const { target } = reach;
  const dial = dialThrough(reach);
  const { region, accessKey, secretKey, pathStyle } = target;
  const place = { endpoint: endpointOf(target).origin, region, pathStyle, ...caOf(target) };
  const client = connectS3({ ...place, accessKey, secretKey }, { dial });
  const wire = openWire({ target, dial });
  return {
    client,
    wire,
    [Symbol.dispose]: () => {
      client.destroy();
      wire.close();
    },
  };
}

function caOf({ ca }: BucketTarget): { readonly ca?: string } {
  return ca === undefined ? {} : { ca };
}

type Carried = Pick<Reach<BucketTarget>, "server" | "container" | "target">;

/** To a container by its own address, else by a published port; both are asked for once, when the first connection is made. */
function dialThrough(carried: Carried): Dial {
  const { server, container, target } = carried;
  const isInside = container !== undefined && target.endpoint === undefined;
  if (!isInside) return (host, port) => server.dial(bare(host), port, { judge: refuseMetadata });
  let way: Promise<Address> | undefined;
  return async () => {
    way ??= wayInto(carried);
    way.catch(() => {
      way = undefined;
    });
    const { host, port } = await way;
    return await server.dial(host, port);
  };
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const Network = z.object({ IPAddress: z.string().nullish() });
const Bound = z.object({ HostIp: z.string().nullish(), HostPort: z.string() });
const Settings = z.object({
  IPAddress: z.string().nullish(),
  Networks: z.record(z.string(), Network).nullish(),
  Ports: z.record(z.string(), z.array(Bound).nullish()).nullish(),
});

async function wayInto({ server, container, target }: Carried): Promise<Address> {
  const { port } = endpointPort(target);
  const asked = await server.run({
    argv: [
      ...(container?.client ?? ["docker"]),
      "inspect",
      "--format",
      "{{json .NetworkSettings}}",
      container?.container ?? "",
    ],
  });
  const read = Settings.safeParse(parsed(asked.stdout));
  if (asked.code !== 0 || !read.success) {
    throw new Fault("target.missing", `the container of the object store is not on ${server.name}`, {
      hint: "Start the container, then try again.",
    });
  }
  return await firstThatAnswers(server, candidates(read.data, port));
}

function endpointPort(target: BucketTarget): { readonly port: number } {
  const url = endpointOf(target);
  return { port: Number(url.port) || (url.protocol === "https:" ? 443 : 80) };
}

function candidates({ IPAddress, Networks, Ports }: z.infer<typeof Settings>, port: number): Address[] {
  const inside = [IPAddress, ...Object.values(Networks ?? {}).map((network) => network.IPAddress)];
  const addresses = [...new Set(inside)].filter((host): host is string => (host ?? "") !== "");
  const published = Ports?.[`${port}/tcp`]?.[0];
  return [
    ...addresses.map((host) => ({ host, port })),
    ...(published === undefined ? [] : [{ host: "127.0.0.1", port: Number(published.HostPort) }]),
    // A container in the host's own network has no address of its own.
    ...(addresses.length === 0 ? [{ host: "127.0.0.1", port }] : []),
  ];
}

async function firstThatAnswers(server: Carried["server"], addresses: readonly Address[]): Promise<Address> {
  let last: unknown;
  for (const address of addresses) {
    try {
      (await server.dial(address.host, address.port)).destroy();
      return address;
    } catch (error) {
      if (!isFault(error, "target.unreachable")) throw error;
      last = error;
    }
  }
  throw last ?? new Fault("target.unreachable", "the container of the object store has no address");
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** IPv6 addresses are written in brackets in an address, and without them everywhere else. */
function bare(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}
