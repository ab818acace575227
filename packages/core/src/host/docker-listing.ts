import { z } from "zod";
import { Fault } from "../model/fault.ts";
import type { ContainerFacts } from "./container-facts.ts";

/** The part of `docker inspect` (and `podman inspect`) that is read. Lists may be null, podman leaves some out. */
const Inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  Path: z.string().nullish(),
  Args: z.array(z.string()).nullish(),
  State: z.object({
    Status: z.string(),
    Pid: z.number().nullish(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({
    Image: z.string().nullish(),
    Env: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
  }),
  ImageName: z.string().nullish(),
  NetworkSettings: z
    .object({
      Ports: z
        .record(
          z.string(),
          z.array(z.object({ HostIp: z.string().nullish(), HostPort: z.string() })).nullish(),
        )
        .nullish(),
      Networks: z.record(z.string(), z.object({ IPAddress: z.string().nullish() })).nullish(),
    })
    .nullish(),
  Mounts: z
    .array(
      z.object({
        Type: z.string().nullish(),
        Name: z.string().nullish(),
        Source: z.string().nullish(),
        Destination: z.string(),
      }),
    )
    .nullish(),
});
type Inspected = z.infer<typeof Inspected>;

export interface Listed extends Omit<ContainerFacts, "process"> {
  /** Of the main process, as the server counts; null when the container does not run. */
  readonly pid: number | null;
}

/** Reads what `docker inspect` printed for any number of containers. */
export function readInspection(where: string, json: string): readonly Listed[] {
  const parsed = z.array(Inspected).safeParse(parseJson(json));
  if (parsed.success) return parsed.data.map(listedFrom);
  throw new Fault("bug", `the container engine of ${where} describes its containers in an unknown way`, {
    cause: parsed.error,
  });
}

/** The parser's error is dropped: it quotes the text, and with it passwords from environments. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const STATUSES: Readonly<Record<string, ContainerFacts["status"]>> = {
  running: "running",
  created: "stopped",
  configured: "stopped",
  exited: "stopped",
  stopped: "stopped",
  dead: "stopped",
};

const HEALTHS: Readonly<Record<string, ContainerFacts["health"]>> = {
  healthy: "healthy",
  unhealthy: "unhealthy",
  starting: "starting",
};

function listedFrom(inspected: Inspected): Listed {
  const { State, Config } = inspected;
  const status = STATUSES[State.Status] ?? "unknown";
  return {
    id: inspected.Id,
    name: inspected.Name.replace(/^\//, ""),
    image: inspected.ImageName ?? Config.Image ?? "",
    status,
    health: HEALTHS[State.Health?.Status ?? ""] ?? null,
    env: environmentFrom(Config.Env ?? []),
    labels: Config.Labels ?? {},
    argv: [...(inspected.Path ? [inspected.Path] : []), ...(inspected.Args ?? [])],
    ports: portsFrom(inspected),
    ...addressFrom(inspected),
    mounts: (inspected.Mounts ?? []).map((mount) => ({
      kind: mount.Type ?? "",
      source: mount.Name ?? mount.Source ?? "",
      path: mount.Destination,
    })),
    pid: status === "running" ? State.Pid || null : null,
  };
}

function environmentFrom(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", value = ""] = line.split(/=(.*)/s);
      return [name, value];
    }),
  );
}

function addressFrom({ NetworkSettings }: Inspected): Pick<ContainerFacts, "address"> {
  const addresses = Object.values(NetworkSettings?.Networks ?? {}).map((network) => network.IPAddress);
  const address = addresses.find(Boolean);
  return address ? { address } : {};
}

/** Published ports first by what is configured, then those that are only exposed. `5432/tcp` is how they are written. */
function portsFrom({ Config, NetworkSettings }: Inspected): ContainerFacts["ports"] {
  const published = NetworkSettings?.Ports ?? {};
  const all = new Set([...Object.keys(published), ...Object.keys(Config.ExposedPorts ?? {})]);
  return [...all].map((port) => {
    const [first] = published[port] ?? [];
    const host = Number(first?.HostPort);
    const isLoopback = /^127\.|^::1$/.test(first?.HostIp ?? "");
    return {
      container: Number.parseInt(port, 10),
      host: host > 0 ? host : null,
      ...(isLoopback ? { loopback: true } : {}),
    };
  });
}
