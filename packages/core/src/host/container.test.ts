import { createHash } from "node:crypto";
import { absentReason, readLab, type SshServerName, sshServer, startContainer } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { drain, hangingSource, hasAppeared, isGone } from "./conformance/ground.ts";
import { describeHost } from "./conformance.ts";
import { containerHost } from "./container.ts";
import type { Box, Server } from "./host.ts";
import { createLocalServer } from "./local.ts";
import { connectSsh } from "./ssh.ts";

const skipped = absentReason({ engine: "postgres", version: "15" }) ?? absentReason({ ssh: "docker" });

function startSleeper(options: readonly string[] = []) {
  return startContainer({
    image: readLab().images.postgres?.["15"] ?? "postgres:15",
    name: "host",
    cmd: ["-c", "trap 'exit 0' TERM; while :; do sleep 1; done"],
    options: ["--entrypoint", "sh", "--init", ...options],
    tmpfs: ["/small:size=8m,mode=1777", "/readonly:ro,size=1m"],
  });
}

async function connectDeploy(name: SshServerName): Promise<Server> {
  const { host, port, hostKeys, key } = sshServer(name);
  const hostKey = hostKeys.find(({ type }) => type === "ssh-ed25519");
  if (!hostKey) throw new Error("the lab's server has no ed25519 key");
  const auth = { privateKey: new Secret(key("ed25519").privateKey) };
  return await connectSsh({ name: `lab-${name}`, host, port, user: "deploy", auth, hostKey });
}

interface Road {
  readonly server: () => Promise<Server>;
  readonly client: Box["client"];
  readonly user?: string;
}

function startGround({ server: reach, client, user }: Road) {
  return async () => {
    const container = await startSleeper();
    const server = await reach();
    const host = containerHost(server, { client, container: container.name, ...(user ? { user } : {}) });
    const folder = (await host.run({ argv: ["mktemp", "-d"] })).stdout.trim();
    return {
      host,
      carrier: server,
      folder,
      disks: { small: "/small", readOnly: "/readonly", forbidden: "/usr" },
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]();
        await container[Symbol.asyncDispose]();
      },
    };
  };
}

const local = async () => createLocalServer();

describeHost("a container on this machine", startGround({ server: local, client: ["docker"] }), {
  skipped,
  disks: ["small", "readOnly"],
});
describeHost(
  "a container by SSH, sudo and another user",
  startGround({ server: () => connectDeploy("docker"), client: ["sudo", "-n", "docker"], user: "postgres" }),
  { skipped, disks: ["small", "forbidden"] },
);

async function startInside(options: readonly string[] = []) {
  const container = await startSleeper(options);
  const server = createLocalServer();
  const host = containerHost(server, { client: ["docker"], container: container.name });
  return {
    container,
    server,
    host,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await container[Symbol.asyncDispose]();
    },
  };
}

/** Ends the client of an exec on this machine, found by the word it carries. */
async function killClient(server: Server, word: string, signal: string): Promise<void> {
  const script = `for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2> /dev/null | grep -q "^docker exec.*$0" && kill -$1 \${p#/proc/}; done`;
  await server.run({ argv: ["sh", "-c", script, word, signal] });
}

describe.skipIf(skipped)("a program in a container", () => {
  test.for(["TERM", "KILL"])(
    "whose client dies by %s is never taken for complete, and is stopped",
    async (signal) => {
      await using ground = await startInside();
      const word = `cofre-cut-${signal}`;
      const argv = ["sh", "-c", "echo begin; while :; do sleep 0.2; done", word] as const;
      const reading = drain(ground.host.read({ argv })).catch((error: unknown) => error);
      await hasAppeared(ground.host, word);
      await killClient(ground.server, word, signal);
      expect(await reading).toMatchObject({ code: "dump.failed" });
      expect(await isGone(ground.host, word)).toBe(true);
    },
  );

  test("that is written to does not see peace when its client dies", async () => {
    await using ground = await startInside();
    const word = "cofre-cut-writer";
    const argv = ["sh", "-c", "cat > /tmp/got; sleep 1; mv /tmp/got /tmp/whole", word] as const;
    const writing = ground.host.write({ argv }, hangingSource()).catch((error: unknown) => error);
    await hasAppeared(ground.host, word);
    await killClient(ground.server, word, "KILL");
    expect(await writing).toMatchObject({ code: "restore.failed" });
    expect(await isGone(ground.host, word)).toBe(true);
    expect(await ground.host.files.stat("/tmp/whole")).toBeUndefined();
  });

  test("whose container is killed or stopped names the container", async () => {
    await using ground = await startInside();
    const { host, container, server } = ground;
    const reading = drain(host.read({ argv: ["sh", "-c", "echo x; sleep 300"] })).catch(
      (error: unknown) => error,
    );
    const running = host.run({ argv: ["sleep", "301"] }).catch((error: unknown) => error);
    await hasAppeared(host, "sleep 301");
    await server.run({ argv: ["docker", "kill", container.name] });
    expect(await reading).toMatchObject({ code: "target.missing" });
    expect(await running).toMatchObject({ code: "target.missing" });
    await expect(host.run({ argv: ["true"] })).rejects.toMatchObject({ code: "target.missing" });
    await expect(host.run({ argv: ["true"] })).rejects.toThrow(container.name);
    await expect(drain(host.read({ argv: ["true"] }))).rejects.toMatchObject({ code: "target.missing" });
    await expect(host.write({ argv: ["cat"] }, hangingSource())).rejects.toMatchObject({
      code: "target.missing",
    });
    const gone = containerHost(server, { client: ["docker"], container: "cofre-no-such-container" });
    await expect(gone.run({ argv: ["true"] })).rejects.toMatchObject({ code: "target.missing" });
  });

  test("of an unknown user is told so", async () => {
    await using ground = await startInside();
    const box = { client: ["docker"], container: ground.container.name, user: "nobody-here" } as const;
    const run = containerHost(ground.server, box).run({ argv: ["true"] });
    await expect(run).rejects.toMatchObject({ code: "target.unsuitable" });
  });

  test("is one process, without a shell of ours around it", async () => {
    await using ground = await startInside();
    const { stdout } = await ground.host.run({ argv: ["cat", "/proc/self/stat"] });
    const [, , , parent] = stdout.split(" ");
    expect(parent).toBe("0");
  });

  test("can be run by the server in the same words, tag included", async () => {
    await using ground = await startInside();
    const secrets = { PGPASSWORD: new Secret("it's") };
    const lowered = ground.host.lower({
      argv: ["sh", "-c", 'echo "$PGPASSWORD $PLAIN $COFRE_JOB"'],
      env: { PLAIN: "a b" },
      secrets,
    });
    expect(lowered.box).toEqual({ client: ["docker"], container: ground.container.name });
    expect(JSON.stringify(lowered.argv)).not.toContain("it's");
    const tag = "0123456789abcdef0123456789abcdef";
    expect((await ground.server.run(lowered, { tag })).stdout).toBe(`it's a b ${tag}\n`);
  });

  test("of a container without a shell runs too", async () => {
    await using ground = await startInside(["--mount", "type=tmpfs,destination=/usr/local/empty"]);
    const bytes = Buffer.from("bytes");
    const { host } = ground;
    await host.run({ argv: ["rm", "-f", "/bin/sh", "/usr/bin/sh"] });
    expect((await host.run({ argv: ["cat"] }, { stdin: bytes })).stdout).toBe("bytes");
    const hash = createHash("sha256");
    for await (const chunk of host.read({ argv: ["cat", "/etc/passwd"] })) hash.update(chunk);
    expect(hash.digest("hex")).toHaveLength(64);
    await expect(host.files.stat("/etc/passwd")).rejects.toMatchObject({ code: "server.tool-missing" });
  });
});
