import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { connectSsh, type Docker, findDocker, readHostKey, type Server } from "@cofre/core";
import { Secret } from "@cofre/core/model";
import { readLab, sshServer } from "@cofre/lab";
import { shell } from "./measure.ts";

/** The lab's SSH server, reached by Cofre and by OpenSSH's own client with the same key. */
export interface BenchServer extends AsyncDisposable {
  readonly server: Server;
  readonly docker: Docker;
  /** OpenSSH's words before a command; its fastest cipher is left to it. */
  readonly ssh: readonly [string, ...string[]];
  /** A POSIX shell line on the server, timed from here like everything else. */
  line(text: string): Promise<string>;
}

export async function connectBench(folder: string): Promise<BenchServer> {
  const { host, port, key } = sshServer("docker");
  const { privateKey } = key("ed25519");
  const path = readLab().keys.ed25519?.path;
  if (path === undefined) throw new Error("the lab has no ed25519 key");
  const known = `${folder}/known_hosts`;
  writeFileSync(known, "");
  const server = await connectSsh({
    name: "bench",
    host,
    port,
    user: "root",
    auth: { privateKey: new Secret(privateKey) },
    hostKey: await readHostKey({ host, port }),
  });
  const docker = await findDocker(server);
  if (docker === undefined) throw new Error("the lab's SSH server has no docker");
  const options = [
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    `UserKnownHostsFile=${known}`,
    "-o",
    "LogLevel=ERROR",
  ];
  const ssh = ["ssh", "-i", path, "-p", String(port), ...options, `root@${host}`] as const;
  return {
    server,
    docker,
    ssh,
    line: (text) => shell([...ssh, "sh"], text),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export function newTag(): string {
  return randomBytes(16).toString("hex");
}
