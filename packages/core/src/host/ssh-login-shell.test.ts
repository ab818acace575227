import { absentReason, sshServer, startContainer } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { connectSsh } from "./ssh.ts";
import { readHostKey } from "./ssh-connection.ts";

/** A server of its own, whose root's ~/.bashrc is given. */
async function startServer(bashrc: string) {
  const { privateKey } = sshServer("docker").key("ed25519");
  const script = [
    "ssh-keygen -A > /dev/null; mkdir -p -m 700 /root/.ssh",
    'printf "%s" "$PRIVATE_KEY" > /tmp/k; chmod 600 /tmp/k; ssh-keygen -y -f /tmp/k > /root/.ssh/authorized_keys',
    'printf "%s\\n" "$BASHRC" > /root/.bashrc; exec /usr/sbin/sshd -D -e',
  ].join("; ");
  const container = await startContainer({
    image: "cofre-lab/host:docker",
    name: "shell",
    env: { PRIVATE_KEY: privateKey, BASHRC: bashrc },
    options: ["--entrypoint", "sh"],
    cmd: ["-c", script],
    port: 22,
  });
  const address = { host: container.host, port: container.port };
  await expect.poll(() => readHostKey(address).catch(() => undefined), { timeout: 30_000 }).toBeTruthy();
  const auth = { privateKey: new Secret(privateKey) };
  const options = { name: "web-1", ...address, user: "root", auth, hostKey: await readHostKey(address) };
  return { options, [Symbol.asyncDispose]: () => container[Symbol.asyncDispose]() };
}

describe.skipIf(absentReason({ ssh: "docker" }))("a login shell", () => {
  test("that prints before every command is refused at once, and shown", async () => {
    await using server = await startServer("echo Welcome to web-1");
    const connecting = connectSsh(server.options);
    await expect(connecting).rejects.toMatchObject({ context: { printed: "Welcome to web-1\n" } });
    await expect(connecting).rejects.toThrow(/prints text/);
  });

  test("that talks on stderr or changes directory does no harm", async () => {
    await using server = await startServer("echo Welcome >&2; cd /tmp");
    await using host = await connectSsh(server.options);
    expect((await host.run({ argv: ["echo", "bytes"] })).stdout).toBe("bytes\n");
  });
});
