import { createPrivateKey } from "node:crypto";
import { createReadStream } from "node:fs";
import { absentReason, faultyTcpProxy, type SshServerName, sshServer } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { drain, hasAppeared, isGone } from "./conformance/ground.ts";
import { describeHost } from "./conformance.ts";
import { connectSsh } from "./ssh.ts";
import { readHostKey, type SshAuth, type SshOptions } from "./ssh-connection.ts";

type KeyName = "ed25519" | "rsa" | "ecdsa" | "ed25519_passphrase" | "rsa_pem_passphrase";

function hostKey(name: SshServerName, type = "ssh-ed25519") {
  const key = sshServer(name).hostKeys.find((one) => one.type === type);
  if (!key) throw new Error(`the lab's server ${name} has no key of type ${type}`);
  return key;
}

function keyAuth(key: KeyName = "ed25519"): SshAuth {
  const { privateKey, passphrase } = sshServer("docker").key(key);
  return {
    privateKey: new Secret(privateKey),
    ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }),
  };
}

function passwordAuth(name: SshServerName, user: string): SshAuth {
  return { password: new Secret(sshServer(name).user(user).password ?? "") };
}

function options(name: SshServerName, user: string, more: Partial<SshOptions> = {}): SshOptions {
  const { host, port } = sshServer(name);
  return { name: `lab-${name}`, host, port, user, auth: keyAuth(), hostKey: hostKey(name), ...more };
}

function startGround(name: SshServerName, user: string, more: () => Partial<SshOptions>) {
  return async () => {
    const host = await connectSsh(options(name, user, more()));
    const folder = (await host.run({ argv: ["mktemp", "-d"] })).stdout.trim();
    return {
      host,
      folder,
      disks: { small: "/opt/small", readOnly: "/opt/readonly", forbidden: "/usr" },
      [Symbol.asyncDispose]: async () => {
        await host.run({ argv: ["rm", "-rf", folder] });
        await host[Symbol.asyncDispose]();
      },
    };
  };
}

describeHost(
  "a server by SSH as root",
  startGround("docker", "root", () => ({})),
  { skipped: absentReason({ ssh: "docker" }), disks: ["small", "readOnly"] },
);
describeHost(
  "a server by SSH with a password, one connection and more channels than it allows",
  startGround("docker", "deploy", () => ({
    auth: passwordAuth("docker", "deploy"),
    maxConnections: 1,
    maxChannels: 30,
  })),
  { skipped: absentReason({ ssh: "docker" }), disks: ["forbidden"] },
);
describeHost(
  "a server by SSH with nothing but POSIX sh",
  startGround("plain", "shonly", () => ({ auth: passwordAuth("plain", "shonly") })),
  { skipped: absentReason({ ssh: "plain" }), disks: ["readOnly", "forbidden"] },
);

describe.skipIf(absentReason({ ssh: "docker" }))("logging in by SSH", () => {
  test.for<KeyName>(["ed25519", "rsa", "ecdsa", "ed25519_passphrase", "rsa_pem_passphrase"])(
    "works with the key %s",
    async (key) => {
      await using server = await connectSsh(options("docker", "deploy", { auth: keyAuth(key) }));
      expect(await server.facts()).toMatchObject({ user: "deploy", isRoot: true, canSudo: true });
    },
  );

  test("works with every kind of host key, pinned by print and type", async () => {
    for (const pinned of sshServer("docker").hostKeys) {
      await using server = await connectSsh(options("docker", "root", { hostKey: pinned }));
      expect((await server.run({ argv: ["id", "-un"] })).stdout).toBe("root\n");
    }
  });

  test("works with a PKCS#8 key, pasted with the line ends of another system", async () => {
    const { privateKey: pem, passphrase = "" } = sshServer("docker").key("rsa_pem_passphrase");
    const locked = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase } as const;
    const pasted = createPrivateKey({ key: pem, passphrase })
      .export(locked)
      .toString()
      .replaceAll("\n", "\r\n");
    const auth = { privateKey: new Secret(`  ${pasted}\r\n`), passphrase: new Secret(passphrase) };
    await using server = await connectSsh(options("docker", "root", { auth }));
    expect((await server.run({ argv: ["true"] })).code).toBe(0);
  });

  test("tells a missing passphrase from a wrong one", async () => {
    for (const key of ["ed25519_passphrase", "rsa_pem_passphrase"] as const) {
      const { privateKey = new Secret("") } = keyAuth(key);
      const missing = connectSsh(options("docker", "root", { auth: { privateKey } }));
      await expect(missing).rejects.toMatchObject({
        code: "server.auth",
        hint: expect.stringMatching(/Enter/),
      });
      const auth = { privateKey, passphrase: new Secret("not this one") };
      const wrong = connectSsh(options("docker", "root", { auth }));
      await expect(wrong).rejects.toMatchObject({
        code: "server.auth",
        hint: expect.stringMatching(/Check/),
      });
    }
  });

  test("names what was refused", async () => {
    const wrong = { auth: { password: new Secret("wrong-password-of-mine") } };
    const refused = connectSsh(options("docker", "deploy", wrong));
    await expect(refused).rejects.toMatchObject({ code: "server.auth" });
    await expect(refused).rejects.not.toThrow(/wrong-password-of-mine/);
    await expect(connectSsh(options("docker", "nobody-here"))).rejects.toMatchObject({ code: "server.auth" });
    const broken = { auth: { privateKey: new Secret("-----BEGIN NOTHING-----") } };
    await expect(connectSsh(options("docker", "root", broken))).rejects.toMatchObject({
      code: "server.auth",
    });
  });

  test("refuses another host key and names both prints", async () => {
    const { sha256 } = hostKey("docker");
    const other = `SHA256:${"A".repeat(43)}`;
    const changed = connectSsh(
      options("docker", "root", { hostKey: { type: "ssh-ed25519", sha256: other } }),
    );
    await expect(changed).rejects.toMatchObject({
      code: "server.host-key",
      context: { pinnedSha256: other, shownSha256: sha256 },
    });
    await expect(changed).rejects.toThrow(sha256);
  });

  test("refuses a server that lost the pinned kind of key, and names what it has", async () => {
    const pinned = { type: "ecdsa-sha2-nistp521", sha256: `SHA256:${"A".repeat(43)}` };
    const changed = connectSsh(options("docker", "root", { hostKey: pinned }));
    await expect(changed).rejects.toMatchObject({
      code: "server.host-key",
      context: { pinnedType: pinned.type },
    });
    await expect(changed).rejects.toThrow(hostKey("docker").sha256);
  });

  test("shows a server's key before it is trusted", async () => {
    const { host, port } = sshServer("docker");
    expect(await readHostKey({ host, port })).toEqual(hostKey("docker"));
    await expect(readHostKey({ host, port: 1 })).rejects.toMatchObject({ code: "server.unreachable" });
  });

  test("says why a server cannot be reached", async () => {
    const unreachable = { code: "server.unreachable" };
    await expect(connectSsh(options("docker", "root", { port: 1 }))).rejects.toMatchObject(unreachable);
    const nowhere = connectSsh(options("docker", "root", { host: "no-such-name.invalid" }));
    await expect(nowhere).rejects.toMatchObject(unreachable);
  });
});

describe.skipIf(absentReason({ ssh: "docker" }))("the channels of a connection", () => {
  test("are given back by streams that nobody reads to the end", async () => {
    await using server = await connectSsh(options("docker", "root", { maxConnections: 1 }));
    for (let turn = 0; turn < 20; turn += 1) {
      for await (const _chunk of server.read({ argv: ["cat", "/dev/zero"] })) break;
    }
    const signal = AbortSignal.timeout(5000);
    expect((await server.run({ argv: ["echo", "room"] }, { signal })).stdout).toBe("room\n");
  });

  test("are not held by those that last: others get a further connection", async () => {
    await using server = await connectSsh(options("docker", "root", { maxChannels: 2 }));
    const aborter = new AbortController();
    const long = Array.from({ length: 4 }, () =>
      server.run({ argv: ["sleep", "300"] }, { signal: aborter.signal }),
    );
    const signal = AbortSignal.timeout(5000);
    expect((await server.run({ argv: ["echo", "room"] }, { signal })).stdout).toBe("room\n");
    aborter.abort();
    await Promise.allSettled(long);
  });
});

async function startBehindProxy(more: Partial<SshOptions> = {}) {
  const { host, port } = sshServer("docker");
  const proxy = await faultyTcpProxy({ target: { host, port } });
  const behind = { host: proxy.host, port: proxy.port, keepalive: { everyMs: 400, misses: 2 }, ...more };
  const server = await connectSsh(options("docker", "root", behind));
  return {
    proxy,
    server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(absentReason({ ssh: "docker" }))("a connection by SSH that is lost", () => {
  const LOST = { code: "server.unreachable" };

  test("in silence is noticed by the keepalive, and the next call connects again", async () => {
    await using ground = await startBehindProxy();
    const { server, proxy } = ground;
    const reading = drain(server.read({ argv: ["sh", "-c", "echo x; sleep 300"] })).catch((e: unknown) => e);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const startedAt = Date.now();
    proxy.blackhole();
    expect(await reading).toMatchObject(LOST);
    expect(Date.now() - startedAt).toBeLessThan(4000);
    proxy.restore();
    expect((await server.run({ argv: ["echo", "again"] })).stdout).toBe("again\n");
  });

  test("in silence while we send is noticed too", async () => {
    await using ground = await startBehindProxy();
    const { server, proxy } = ground;
    // Nothing comes back: output beyond what is kept would end it before the silence does.
    const writing = server.write({ argv: ["sh", "-c", "cat > /dev/null"] }, createReadStream("/dev/zero"));
    writing.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    proxy.blackhole();
    await expect(writing).rejects.toMatchObject(LOST);
  });

  test("does not hold back an abort", async () => {
    await using ground = await startBehindProxy({ keepalive: { everyMs: 60_000, misses: 2 } });
    const { server, proxy } = ground;
    const aborter = new AbortController();
    const run = server.run({ argv: ["sleep", "300"] }, { signal: aborter.signal }).catch((e: unknown) => e);
    await new Promise((resolve) => setTimeout(resolve, 300));
    proxy.blackhole();
    const startedAt = Date.now();
    aborter.abort();
    expect(await run).toMatchObject({ code: "job.cancelled" });
    expect(Date.now() - startedAt).toBeLessThan(12_000);
  });

  test("by reset fails every call under way, and the next ones work", async () => {
    await using ground = await startBehindProxy();
    const { server, proxy } = ground;
    const runs = Array.from({ length: 12 }, () =>
      server.run({ argv: ["sleep", "300"] }).catch((e: unknown) => e),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    proxy.reset();
    // The others wait for room: on a slow machine they get it on a connection that is made after the cut, and run on.
    for (const end of await Promise.all(runs.slice(0, 8))) expect(end).toMatchObject(LOST);
    expect((await server.run({ argv: ["echo", "again"] })).stdout).toBe("again\n");
  });

  test("by the death of its sshd errs, and never merely ends", async () => {
    await using server = await connectSsh(options("docker", "deploy"));
    const word = "cofre-sshd-victim";
    const reading = drain(server.read({ argv: ["sh", "-c", "cat /dev/zero; exit 0", word] })).catch(
      (e: unknown) => e,
    );
    await hasAppeared(server, word);
    // Its own only: other test files are logged in there as the same user. From that server other servers' processes may be seen too.
    const kill = `here=$(readlink /proc/self/ns/net)
    for p in /proc/[0-9]*; do
      tr '\\0' ' ' < $p/cmdline | grep -q "[/]dev/zero; exit 0 $1" || continue
      until grep -qs 'sshd: deploy@notty' $p/cmdline; do
        p=/proc/$(awk '/^PPid:/ { print $2 }' $p/status)
        [ "$p" != /proc/ ] && [ "$p" != /proc/0 ] && [ "$(readlink $p/ns/net)" = "$here" ] || continue 2
      done
      kill -9 \${p#/proc/}
    done 2> /dev/null`;
    await sshServer("docker").exec(["sh", "-c", kill, "sh", word]);
    expect(await reading).toMatchObject(LOST);
    expect((await server.run({ argv: ["echo", "again"] })).stdout).toBe("again\n");
    expect(await isGone(server, word)).toBe(true);
  });

  test("to a server that is away says so, and comes back when it does", async () => {
    await using ground = await startBehindProxy();
    const { server, proxy } = ground;
    proxy.refuse();
    await expect(server.run({ argv: ["true"] })).rejects.toMatchObject(LOST);
    proxy.restore();
    expect((await server.run({ argv: ["true"] })).code).toBe(0);
  });
});
