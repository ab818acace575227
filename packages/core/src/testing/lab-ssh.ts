import { type SshServerName, sshServer } from "@cofre/lab";
import type { Server } from "../host/host.ts";
import { connectSsh } from "../host/ssh.ts";
import { Secret } from "../model/secret.ts";

/** One of the lab's servers as Cofre reaches it: root by key. */
export async function connectLab(name: SshServerName): Promise<Server> {
  const { host, port, hostKeys, key } = sshServer(name);
  const [hostKey] = hostKeys;
  if (hostKey === undefined) throw new Error(`the lab's server ${name} has no host key`);
  const auth = { privateKey: new Secret(key("ed25519").privateKey) };
  return await connectSsh({ name, host, port, user: "root", auth, hostKey });
}
