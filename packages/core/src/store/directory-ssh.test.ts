import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { absentReason, type SshServerName, sshServer } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import type { Server } from "../host/host.ts";
import { connectSsh } from "../host/ssh.ts";
import { Secret } from "../model/secret.ts";
import { describeStore, type StoreSpecimen } from "./conformance.ts";
import { directoryStore } from "./directory.ts";
import type { Store } from "./store.ts";

const MEGABYTE = 1024 * 1024;

async function connect(name: SshServerName, user: string): Promise<Server> {
  const lab = sshServer(name);
  const { privateKey } = lab.key("ed25519");
  const [hostKey] = lab.hostKeys;
  if (hostKey === undefined) throw new Error(`the lab's server ${name} shows no host key`);
  return await connectSsh({
    name: lab.container,
    host: lab.host,
    port: lab.port,
    user,
    auth: { privateKey: new Secret(privateKey) },
    hostKey,
  });
}

/** A folder of its own on one of the lab's disks, gone afterwards with all that was written. */
async function start(name: SshServerName, user: string, disk: string): Promise<StoreSpecimen> {
  const lab = sshServer(name);
  const server = await connect(name, user);
  const root = `${disk}/store-test-${randomBytes(6).toString("hex")}`;
  return {
    store: directoryStore({ server, root }),
    leftovers: async () => {
      const { stdout } = await lab.exec(["sh", "-c", 'find "$1" ! -type d 2>/dev/null | sort', "sh", root]);
      return String(stdout).split("\n").filter(Boolean);
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await lab.exec(["rm", "-rf", root]);
    },
  };
}

describe.skipIf(absentReason({ ssh: "docker" }))("by SSH", () => {
  describeStore("a folder of a server", () => start("docker", "root", "/opt/backups"));

  test("a disk that fills up fails the put with what is missing, leaves nothing, and works again afterwards", async () => {
    await using specimen = await start("docker", "root", "/opt/small");
    const { store } = specimen;
    await expect(store.put("big/key", megabytes(64))).rejects.toMatchObject({ code: "server.no-space" });
    expect(await specimen.leftovers()).toEqual([]);
    expect(await keysIn(store)).toEqual([]);
    const space = await store.space();
    expect(space?.totalBytes).toBeLessThan(64 * MEGABYTE);
    await store.put("big/key", megabytes(1));
    expect(await keysIn(store)).toEqual(["big/key"]);
  });

  test("a disk that is read-only is told as such, for putting and removing", async () => {
    await using server = await connect("docker", "root");
    const store = directoryStore({ server, root: "/opt/readonly" });
    await expect(store.put("some/key", megabytes(1))).rejects.toMatchObject({ code: "server.read-only" });
    expect(await keysIn(store)).toEqual([]);
  });

  test("a folder that the user may not write to is told as such", async () => {
    await using server = await connect("docker", "plain");
    const store = directoryStore({ server, root: "/root/backups" });
    await expect(store.put("some/key", megabytes(1))).rejects.toMatchObject({ code: "server.permission" });
  });
});

describe.skipIf(absentReason({ ssh: "plain" }))(
  "by SSH, where there is no bash and the user is nobody special",
  () => {
    describeStore("a folder of a server", () => start("plain", "shonly", "/opt/backups"));

    test("a connection lost in the middle fails the put, and the key is free afterwards", async () => {
      await using specimen = await start("plain", "shonly", "/opt/backups");
      const place = specimen.store.place;
      if (place === undefined) throw new Error("a folder has a place");
      const other = directoryStore({ server: await connect("plain", "shonly"), root: place.root });
      const putting = other.put("cut/key", slowly());
      setTimeout(() => void other.place?.server[Symbol.asyncDispose](), 300);
      await expect(putting).rejects.toThrow();
      expect(await keysIn(specimen.store)).toEqual([]);
      await specimen.store.put("cut/key", Readable.from([Buffer.from("again")]));
      expect((await buffer(specimen.store.get("cut/key"))).toString()).toBe("again");
    });
  },
);

function megabytes(count: number): Readable {
  return Readable.from(
    (function* blocks() {
      for (let n = 0; n < count; n += 1) yield randomBytes(MEGABYTE);
    })(),
    { objectMode: false },
  );
}

function slowly(): Readable {
  return new Readable({
    read() {
      setTimeout(() => this.push(randomBytes(65_536)), 5);
    },
  });
}

async function keysIn(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys;
}
