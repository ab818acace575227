import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLocalServer } from "../host/local.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { describeStore, type StoreSpecimen } from "./conformance.ts";
import { directoryStore } from "./directory.ts";

async function startLocal(): Promise<StoreSpecimen> {
  const server = createLocalServer();
  const folder = await temporaryFolder();
  return {
    store: directoryStore({ server, root: join(folder.path, "not yet there") }),
    leftovers: async () => await filesUnder(folder.path),
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

describeStore("a folder of this machine", startLocal);

test.each(["relative", "", "/opt/../etc", "/a\0b"])("the root %j is refused", async (root) => {
  await using server = createLocalServer();
  expect(() => directoryStore({ server, root })).toThrow(expect.objectContaining({ code: "input.invalid" }));
});

test("the root's spelling does not matter, and the store is named after it", async () => {
  await using server = createLocalServer("web-1");
  const store = directoryStore({ server, root: "/opt//backups/./" });
  expect([store.place?.root, store.name]).toEqual(["/opt/backups", "/opt/backups on web-1"]);
  expect(directoryStore({ server, root: "/", name: "all" })).toMatchObject({
    name: "all",
    place: { root: "/" },
  });
});
