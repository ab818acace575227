import { randomBytes } from "node:crypto";
import { absentReason, type SshServerName, sshServer } from "@cofre/lab";
import { describe } from "vitest";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { connectSsh } from "../host/ssh.ts";
import { Secret } from "../model/secret.ts";
import { startFilesSpecimen } from "../testing/files-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { files } from "./files.ts";

/** Two servers with the same paths: what is taken from the one must come back on the other. */
function pairOf(open: readonly (() => Promise<Server>)[]) {
  const root = `/tmp/cofre-files-${randomBytes(6).toString("hex")}`;
  let started = 0;
  return async () => {
    const server = await open[started++ % open.length]?.();
    if (server === undefined) throw new Error("no server to start");
    return startFilesSpecimen({ server, root, secrets: [new Secret(privateKey())] });
  };
}

function privateKey(): string {
  return sshServer("plain").key("ed25519").privateKey;
}

function ssh(name: SshServerName): () => Promise<Server> {
  return () => {
    const { host, port, hostKeys } = sshServer(name);
    const [hostKey] = hostKeys;
    if (hostKey === undefined) throw new Error(`${name} has no host key`);
    return connectSsh({
      name,
      host,
      port,
      hostKey,
      user: "root",
      auth: { privateKey: new Secret(privateKey()) },
    });
  };
}

const reason = absentReason({ ssh: "plain" });

describe.skipIf(reason !== null)(reason ?? "in the lab", () => {
  describe("files of a server without bash, docker and zstd", () => {
    describeEngine(files, pairOf([ssh("plain"), ssh("docker")]));
  });

  describe.skipIf(process.getuid?.() !== 0)("files of this machine", () => {
    describeEngine(files, pairOf([async () => createLocalServer("this machine"), ssh("plain")]));
  });
});
