import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { absentReason, faultyTcpProxy, type SshServerName, sshServer } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { describeDialing } from "./conformance/dialing.ts";
import type { Server } from "./host.ts";
import { connectSsh } from "./ssh.ts";
import type { SshOptions } from "./ssh-connection.ts";

const skipped = absentReason({ ssh: "docker" });

async function connectTo(name: SshServerName, more: Partial<SshOptions> = {}): Promise<Server> {
  const { host, port, hostKeys, key } = sshServer(name);
  const hostKey = hostKeys.find(({ type }) => type === "ssh-ed25519");
  if (!hostKey) throw new Error("the lab's server has no ed25519 key");
  const auth = { privateKey: new Secret(key("ed25519").privateKey) };
  return await connectSsh({ name: `lab-${name}`, host, port, user: "deploy", auth, hostKey, ...more });
}

/** The gateway of a container is the machine that the suite runs on. Source: proc(5), /proc/net/route in hexadecimal. */
async function homeOf(server: Server): Promise<string> {
  const { stdout } = await server.run({ argv: ["cat", "/proc/net/route"] });
  const gateway = stdout
    .split("\n")
    .find((line) => /^\S+\t00000000\t/.test(line))
    ?.split("\t")[2];
  if (gateway === undefined) throw new Error("the lab's server has no gateway");
  return [...Buffer.from(gateway, "hex")].toReversed().join(".");
}

describeDialing(
  "a server by SSH",
  async () => {
    const server = await connectTo("docker");
    return { server, home: await homeOf(server), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  },
  { skipped },
);

describe.skipIf(skipped)("a tunnel by SSH", () => {
  test("to a name that was judged leads to the address that was judged", async () => {
    await using server = await connectTo("docker");
    const judged: string[] = [];
    const judge = (address: string) => void judged.push(address);
    const stream = await server.dial("localhost", 22, { judge });
    const [greeting] = await once(stream, "data");
    stream.destroy();
    expect([judged.length > 0, String(greeting)]).toEqual([true, expect.stringMatching(/^SSH-2\.0/)]);
  });

  test("whose connection is lost errs and never merely ends, and the next one is opened anew", async () => {
    const { host, port } = sshServer("docker");
    await using proxy = await faultyTcpProxy({ target: { host, port } });
    await using server = await connectTo("docker", { host: proxy.host, port: proxy.port });
    const stream = await server.dial("127.0.0.1", 22);
    const read = buffer(stream);
    read.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    proxy.reset();
    await expect(read).rejects.toMatchObject({ code: "server.unreachable" });
    const again = await server.dial("127.0.0.1", 22);
    const [greeting] = await new Promise<[Buffer]>((resolve) =>
      again.once("data", (bytes) => resolve([bytes])),
    );
    expect(String(greeting)).toContain("SSH-2.0");
  });

  test("ends with its server", async () => {
    const server = await connectTo("docker");
    const stream = await server.dial("127.0.0.1", 22);
    const closed = new Promise((resolve) => stream.on("error", () => undefined).once("close", resolve));
    await server[Symbol.asyncDispose]();
    await closed;
    await expect(server.dial("127.0.0.1", 22)).rejects.toMatchObject({ code: "server.unreachable" });
  });
});
