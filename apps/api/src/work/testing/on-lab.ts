import { sshServer } from "@cofre/lab";
import type { Client, ResourceAnswer } from "./client.ts";

export interface LabAddress {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly backupRoot?: string;
}

export interface AddedServer {
  readonly id: string;
  readonly status: string;
}

/** The lab's server that drives this machine's engine, as a person would add it: its key shown, then confirmed. */
export async function addLabServer(client: Client, address: LabAddress = {}): Promise<AddedServer> {
  const lab = sshServer("docker");
  const { host = lab.host, port = lab.port, user = "root" } = address;
  const hostKey = await client.call<object>("servers.hostKey", { host, port });
  return await client.post<AddedServer>("/api/servers", {
    name: "web-1",
    host,
    port,
    user,
    auth: { privateKey: lab.key("ed25519").privateKey },
    hostKey,
    backupRoot: address.backupRoot ?? "/opt/backups",
  });
}

export async function defaultProject(client: Client): Promise<string> {
  const { items } = await client.get<{ items: { id: string; slug: string }[] }>("/api/projects");
  const project = items.find(({ slug }) => slug === "default");
  if (project === undefined) throw new Error("there is no default project");
  return project.id;
}

/** Looks at the server again, and finds the resource of a container. */
export async function scanFor(
  client: Client,
  serverId: string,
  containerName: string,
): Promise<ResourceAnswer> {
  await client.post(`/api/servers/${serverId}/scan`);
  const projectId = await defaultProject(client);
  const { items } = await client.get<{ items: ResourceAnswer[] }>(
    `/api/projects/${projectId}/resources?limit=200`,
  );
  const found = items.find((resource) => resource.containerName === containerName);
  if (found === undefined) throw new Error(`no resource lives in ${containerName}`);
  return found;
}
