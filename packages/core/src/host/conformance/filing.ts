import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { Files } from "../host.ts";
import { breakingSource, type Disk, drain, HOSTILE_WORDS, type HostGround } from "./ground.ts";

function bytes(content: string | Buffer): Readable {
  return Readable.from([Buffer.from(content)], { objectMode: false });
}

async function newFolder({ host, folder }: HostGround): Promise<{ files: Files; at: string }> {
  const at = `${folder}/${randomBytes(6).toString("hex")}`;
  await host.files.makeFolder(at);
  return { files: host.files, at };
}

/** Files and folders. */
export function describeFiling(ground: () => HostGround, disks: readonly Disk[]): void {
  describe("a file", () => {
    test("is written, described and read back whole or in part", async () => {
      const { files, at } = await newFolder(ground());
      const content = randomBytes(3_000_000);
      const before = Date.now();
      expect(await files.write(`${at}/f`, bytes(content))).toEqual({ bytes: content.length });
      const stat = await files.stat(`${at}/f`);
      expect(stat).toMatchObject({ kind: "file", bytes: content.length });
      expect(Math.abs((stat?.modifiedAt.getTime() ?? 0) - before)).toBeLessThan(60_000);
      expect((await buffer(files.read(`${at}/f`))).equals(content)).toBe(true);
      for (const [start, end] of [
        [0, 0],
        [1, 2_999_999],
        [1_000_003, 2_000_001],
        [2_999_999, 2_999_999],
      ] as const) {
        const part = await buffer(files.read(`${at}/f`, { range: { start, end } }));
        expect(part.equals(content.subarray(start, end + 1))).toBe(true);
      }
    });

    test("that is shorter than the range errs instead of ending", async () => {
      const { files, at } = await newFolder(ground());
      await files.write(`${at}/f`, bytes("0123456789"));
      await expect(drain(files.read(`${at}/f`, { range: { start: 5, end: 10 } }))).rejects.toThrow(
        /1 bytes before/,
      );
      await expect(drain(files.read(`${at}/f`, { range: { start: 50, end: 60 } }))).rejects.toThrow();
    });

    test("that is not there is missing, and nothing to describe or to remove", async () => {
      const { files, at } = await newFolder(ground());
      const missing = { code: "archive.missing" };
      await expect(drain(files.read(`${at}/none`))).rejects.toMatchObject(missing);
      await expect(drain(files.read(`${at}/none`, { range: { start: 0, end: 1 } }))).rejects.toMatchObject(
        missing,
      );
      await expect(files.rename(`${at}/none`, `${at}/other`)).rejects.toMatchObject(missing);
      await expect(files.publish(`${at}/none`, `${at}/other`)).rejects.toMatchObject(missing);
      await expect(files.write(`${at}/no/folder`, bytes("x"))).rejects.toMatchObject(missing);
      expect(await files.stat(`${at}/none`)).toBeUndefined();
      expect(await files.stat(`${at}/none/deeper`)).toBeUndefined();
      await files.remove(`${at}/none`);
    });

    test("is seen by its owner alone", async () => {
      const { files, at } = await newFolder(ground());
      await files.makeFolder(`${at}/a/b`);
      await files.write(`${at}/a/f`, bytes("x"));
      const ran = await ground().host.run({
        argv: ["stat", "-c", "%a", `${at}/a`, `${at}/a/b`, `${at}/a/f`],
      });
      expect(ran.stdout).toBe("700\n700\n600\n");
    });

    test("whose source breaks leaves nothing", async () => {
      const { files, at } = await newFolder(ground());
      await expect(files.write(`${at}/f`, breakingSource("the source broke"))).rejects.toThrow(
        "the source broke",
      );
      expect(await files.list(at)).toEqual([]);
    });

    test("is published without ever overwriting", async () => {
      const { files, at } = await newFolder(ground());
      await files.write(`${at}/new`, bytes("new"));
      await files.write(`${at}/other`, bytes("other"));
      await files.publish(`${at}/new`, `${at}/done`);
      await expect(files.publish(`${at}/other`, `${at}/done`)).rejects.toMatchObject({
        code: "store.exists",
      });
      expect(await text(files.read(`${at}/done`))).toBe("new");
      expect((await files.list(at)).map(({ name }) => name).sort()).toEqual(["done", "other"]);
      await files.makeFolder(`${at}/folder`);
      await expect(files.publish(`${at}/other`, `${at}/folder`)).rejects.toMatchObject({
        code: "store.exists",
      });
      expect(await files.list(`${at}/folder`)).toEqual([]);
    });

    test("is renamed and removed", async () => {
      const { files, at } = await newFolder(ground());
      await files.write(`${at}/a`, bytes("1"));
      await files.rename(`${at}/a`, `${at}/b`);
      expect(await text(files.read(`${at}/b`))).toBe("1");
      await files.remove(`${at}/b`);
      expect(await files.list(at)).toEqual([]);
    });

    test("whose path is not absolute is refused", async () => {
      await expect(ground().host.files.stat("etc/passwd")).rejects.toMatchObject({ code: "input.invalid" });
    });
  });

  describeNames(ground);
  describeDisks(ground, disks);
}

function describeNames(ground: () => HostGround): void {
  describe("names", () => {
    test("may hold anything but a slash", async () => {
      const { files, at } = await newFolder(ground());
      const names = Object.values(HOSTILE_WORDS).map((word) => word.replaceAll("/", "|"));
      const each = (act: (name: string) => Promise<unknown>) => Promise.all(names.map(act));
      await each((name) => files.write(`${at}/${name}`, bytes(name)));
      expect((await files.list(at)).map(({ name }) => name).sort()).toEqual([...names].sort());
      expect(await each((name) => text(files.read(`${at}/${name}`)))).toEqual(names);
      await each((name) => files.publish(`${at}/${name}`, `${at}/${name.slice(0, -1)}_`));
      await each((name) => files.remove(`${at}/${name.slice(0, -1)}_`));
      expect(await files.list(at)).toEqual([]);
    });

    test("that are no text are listed, and the file is reached by them", async () => {
      const { files, at } = await newFolder(ground());
      const argv = ["sh", "-c", `cd "$1" && echo latin > "$(printf 'caf\\351 \\377')"`, "sh", at] as const;
      await ground().host.run({ argv });
      const [entry] = await files.list(at);
      expect(entry).toMatchObject({ kind: "file", bytes: 6 });
      expect(await text(files.read(`${at}/${entry?.name}`))).toBe("latin\n");
      await files.remove(`${at}/${entry?.name}`);
      expect(await files.list(at)).toEqual([]);
    });

    test("of a folder tell files, folders and hidden ones; none when it is not there", async () => {
      const { files, at } = await newFolder(ground());
      await files.write(`${at}/.hidden`, bytes("12"));
      await files.makeFolder(`${at}/folder/inner`);
      const entries = (await files.list(at)).map(({ name, kind }) => `${kind} ${name}`);
      expect(entries.sort()).toEqual(["file .hidden", "folder folder"]);
      expect(await files.list(`${at}/none`)).toEqual([]);
    });
  });
}

function describeDisks(ground: () => HostGround, disks: readonly Disk[]): void {
  const at = (disk: Disk) => {
    const folder = ground().disks?.[disk];
    if (folder === undefined) throw new Error(`this ground was promised a disk that is ${disk}`);
    return folder;
  };
  describe("a disk", () => {
    test("tells its free and total space, for paths that are not there yet too", async () => {
      const { files, at } = await newFolder(ground());
      const here = await files.space(at);
      const later = await files.space(`${at}/not/yet`);
      expect(here.totalBytes).toBeGreaterThan(1_000_000);
      expect(here.freeBytes).toBeGreaterThan(1_000_000);
      expect(later.totalBytes).toBe(here.totalBytes);
    });

    test.runIf(disks.includes("small"))(
      "that is full is named with its sizes, and nothing is left",
      async () => {
        const { files, at: folder } = await newFolder({ ...ground(), folder: at("small") });
        const { totalBytes } = await files.space(folder);
        const write = files.write(`${folder}/f`, bytes(Buffer.alloc(totalBytes + 1_000_000)));
        await expect(write).rejects.toMatchObject({ code: "server.no-space", context: { totalBytes } });
        expect(await files.list(folder)).toEqual([]);
      },
    );

    test.runIf(disks.includes("readOnly"))("that is read-only is called so", async () => {
      const { files } = ground().host;
      const refused = { code: "server.read-only" };
      await expect(files.write(`${at("readOnly")}/f`, bytes("x"))).rejects.toMatchObject(refused);
      await expect(files.makeFolder(`${at("readOnly")}/f`)).rejects.toMatchObject(refused);
    });

    test.runIf(disks.includes("forbidden"))("where the user may not write is called so", async () => {
      const { files } = ground().host;
      const refused = { code: "server.permission" };
      await expect(files.write(`${at("forbidden")}/f`, bytes("x"))).rejects.toMatchObject(refused);
      await expect(files.makeFolder(`${at("forbidden")}/f`)).rejects.toMatchObject(refused);
    });
  });
}
