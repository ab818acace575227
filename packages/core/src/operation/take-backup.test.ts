import { randomBytes } from "node:crypto";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createInstallation, createInstallationKey } from "../archive/seal.ts";
import type { Engine } from "../engine/engine.ts";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { Fault } from "../model/fault.ts";
import { directoryStore } from "../store/directory.ts";
import type { Store } from "../store/store.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type ToyTarget, toyEngine } from "../testing/toy-engine.ts";
import { takeBackup } from "./take-backup.ts";

/** The toy, whose dumps are found bad once they have come to rest. */
const judging: Engine<ToyTarget> = {
  ...toyEngine,
  dump: async (reach, request) => ({
    ...(await toyEngine.dump(reach, request)),
    conclude: () => {
      throw new Fault("dump.incomplete", "the dump has no trailer");
    },
  }),
};

/** The toy, with a text beside its archives. */
const riding: Engine<ToyTarget> = {
  ...toyEngine,
  dump: async (reach, request) => ({
    ...(await toyEngine.dump(reach, request)),
    riders: [{ name: "globals.txt", text: "beside it" }],
  }),
};

/** The toy, with noise behind its note that comes for as long as somebody takes it. */
const endless: Engine<ToyTarget> = {
  ...toyEngine,
  dump: async (reach, request) => {
    const pour = "while head -c 200000 /dev/urandom; do sleep 0.05; done";
    const source = { via: "command", command: { argv: ["sh", "-c", pour] }, on: reach.host } as const;
    return { ...(await toyEngine.dump(reach, request)), source };
  },
};

const QUOTA_BYTES = 12 * 1024 * 1024;

/** A store whose disk has no more than this, all its files told. */
const quoted = (store: Store): Store => ({
  ...store,
  space: async () => {
    const root = store.place?.root ?? "";
    const names = await readdir(root, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    const sizes = files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size);
    const used = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    return { totalBytes: QUOTA_BYTES, freeBytes: Math.max(0, QUOTA_BYTES - used) };
  },
});

/** A store that takes everything but manifests. */
const refusing = (store: Store): Store => ({
  ...store,
  put: async (key, ...rest) => {
    if (!key.endsWith(".json")) return await store.put(key, ...rest);
    throw new Fault("store.no-space", "there is no room for a manifest");
  },
});

const asItIs = (store: Store): Store => store;

interface Taking {
  readonly engine?: Engine<ToyTarget>;
  readonly server: Server;
  readonly store: Store;
  readonly notes: string;
  readonly onKey?: (key: string) => Promise<void>;
}

async function take({ engine = toyEngine, server, store, notes, onKey = async () => undefined }: Taking) {
  const id = randomBytes(16).toString("hex");
  const { signal } = new AbortController();
  const named = { id: "1", name: "loja", slug: "loja" };
  await mkdir(notes);
  await writeFile(join(notes, "note"), "what is written in it");
  return await takeBackup(
    { id, owner: "i", signal, now: () => new Date(), stallMs: 60_000, report: () => undefined },
    {
      engine,
      reach: { host: server, server, tag: id, signal, target: { folder: notes } },
      ...{ store, units: ["note"], codec: "zstd", digests: "auto", keyStem: "files/note", onKey },
      installation: createInstallation("i", createInstallationKey()),
      identity: {
        ...{ backupId: "b", runId: "r", organizationId: "o", project: named, server: named },
        resource: { ...named, engine: "toy" },
        ...{ origin: "manual", image: null, cofreVersion: "0.0.0" },
      },
    },
  );
}

describe.each(["on the same server", "elsewhere"])("in a store %s", (where) => {
  const storeIn = (server: Server, other: Server, root: string): Store => {
    const { place: _place, ...elsewhere } = directoryStore({ server: other, root });
    return where === "elsewhere" ? elsewhere : directoryStore({ server, root });
  };

  test.each([
    ["a dump that its engine finds bad", judging, asItIs, "dump.incomplete"],
    ["an archive whose manifest is refused", riding, refusing, "store.no-space"],
  ] as const)("%s leaves nothing", async (_what, engine, trouble, code) => {
    await using folder = await temporaryFolder();
    await using server = createLocalServer();
    await using other = createLocalServer("other");
    const root = join(folder.path, "store");
    const store = trouble(storeIn(server, other, root));
    const taken = take({ engine, server, store, notes: join(folder.path, "notes") });
    await expect(taken).rejects.toMatchObject({ code });
    const left = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
  });

  test("a name that the catalogue has for another archive is passed over, though its bytes are gone", async () => {
    await using folder = await temporaryFolder();
    await using server = createLocalServer();
    await using other = createLocalServer("other");
    const store = storeIn(server, other, join(folder.path, "store"));
    const onKey = async (key: string) => {
      if (key === "files/note.notes.zst") throw new Fault("store.exists", "another backup has that name");
    };
    const { manifest, manifestKey } = await take({ server, store, notes: join(folder.path, "notes"), onKey });
    expect(manifest.archive.key).toBe("files/note-2.notes.zst");
    expect(await store.stat(manifestKey)).toBeDefined();
  });
});

describe.each(["of the same server", "of another server"])("a disk %s that fills up", (whose) => {
  test("ends the backup while there is room for others, and keeps nothing of it", async () => {
    await using folder = await temporaryFolder();
    await using server = createLocalServer();
    await using other = createLocalServer("other");
    const root = join(folder.path, "store");
    await mkdir(root);
    const on = whose === "of the same server" ? server : other;
    const store = quoted(directoryStore({ server: on, root }));
    const taken = take({ engine: endless, server, store, notes: join(folder.path, "notes") });
    await expect(taken).rejects.toMatchObject({
      code: "server.no-space",
      message: expect.stringMatching(
        /was filling up: the backup was stopped with \d+ of 12582912 bytes free$/,
      ),
    });
    const left = await readdir(root, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
  });
});
