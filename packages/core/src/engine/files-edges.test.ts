import { randomBytes } from "node:crypto";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absentReason, sshServer } from "@cofre/lab";
import { describe, expect, onTestFinished, test } from "vitest";
import { createLocalServer } from "../host/local.ts";
import { connectSsh } from "../host/ssh.ts";
import { Secret } from "../model/secret.ts";
import { type Ground, groundOn, here } from "../testing/files-ground.ts";
import { tarBlocks } from "../testing/tar-blocks.ts";
import {
  type Archive,
  archiveAround,
  checkArchive,
  dumpOf,
  load,
  openArchive,
  putArchive,
  removeArchive,
  restorationOf,
} from "./conformance/carry.ts";
import { takeArchive } from "./conformance/take-archive.ts";
import type { Reach } from "./engine.ts";
import { files } from "./files.ts";
import { FilesTarget } from "./files-target.ts";

async function plain(parent?: string, login: "root" | "shonly" = "root"): Promise<Ground> {
  const { host, port, hostKeys, key, user } = sshServer("plain");
  const [hostKey] = hostKeys;
  if (hostKey === undefined) throw new Error("the server has no host key");
  const auth =
    login === "root"
      ? { privateKey: new Secret(key("ed25519").privateKey) }
      : { password: new Secret(user(login).password ?? "") };
  return groundOn(await connectSsh({ name: "plain", host, port, hostKey, user: login, auth }), parent);
}

function reachOf({ server }: Ground, paths: readonly string[]): Reach<FilesTarget> {
  return {
    host: server,
    server,
    target: { paths: [...paths] },
    tag: randomBytes(16).toString("hex"),
    signal: new AbortController().signal,
  };
}

async function take(ground: Ground, units: readonly string[], whileDumping?: () => Promise<void>) {
  const archive = await takeArchive(
    files,
    { reach: reachOf(ground, units), journals: ground.journals },
    { units, ...(whileDumping === undefined ? {} : { whileDumping }) },
  );
  onTestFinished(() => removeArchive(archive));
  return archive;
}

function put(ground: Ground, archive: Archive, into: readonly string[] = archive.units) {
  const carrier = { reach: reachOf(ground, into), journals: ground.journals };
  return putArchive(files, carrier, { archive: { ...archive, into } });
}

const names = (ground: Ground): Promise<string> => ground.sh("find . | LC_ALL=C sort");

describe("paths of a resource", () => {
  test.each(["relative", "/", "/a/../b", "/a/./b", "/a//b", "", "/a\0b"])("refuse %j", (path) => {
    expect(FilesTarget.safeParse({ paths: [path] }).success).toBe(false);
  });

  test("may not lie in one another", () => {
    expect(FilesTarget.safeParse({ paths: ["/srv/a", "/srv/a/b"] }).success).toBe(false);
    expect(FilesTarget.parse({ paths: ["/srv/a/", "/srv/ab"] })).toEqual({ paths: ["/srv/a", "/srv/ab"] });
  });
});

describe("a hostile tar", () => {
  test.each([
    ["an absolute name", [{ name: "/etc/passwd" }]],
    ["a name with ..", [{ name: "srv/" }, { name: "srv/../../etc/passwd" }]],
    [
      "a name through a link",
      [{ name: "srv/" }, { name: "srv/x", kind: "2", target: "/etc" }, { name: "srv/x/passwd" }],
    ],
    ["a hard link to outside", [{ name: "srv/" }, { name: "srv/x", kind: "1", target: "etc/shadow" }]],
    ["a hard link with ..", [{ name: "srv/" }, { name: "srv/x", kind: "1", target: "srv/../etc/shadow" }]],
    ["a device", [{ name: "srv/" }, { name: "srv/sda", kind: "4" }]],
    ["one path in two places", [{ name: "srv/" }, { name: "other/" }, { name: "srv/x" }]],
    [
      ".. behind the mark of a link",
      [{ name: "srv/" }, { name: "srv/a -> ../../b", kind: "2", target: "c" }],
    ],
  ] as const)("with %s is refused by validation", async (_, entries) => {
    const ground = await here();
    const archive = await take(ground, [await fileIn(ground)]);
    const hostile = await archiveAround(archive, tarBlocks(entries));
    onTestFinished(() => removeArchive(hostile));
    const bench = reachOf(ground, []);
    const checked = checkArchive(files, { bench, journals: ground.journals }, hostile);
    await expect(checked).rejects.toMatchObject({ code: "archive.foreign" });
  });

  test("cut where a file ends, or with another behind it, is refused", async () => {
    const ground = await here();
    const archive = await take(ground, [await fileIn(ground)]);
    const whole = tarBlocks([{ name: "srv/" }, { name: "srv/a", content: "a" }]);
    const withoutEnd = whole.subarray(0, whole.length - 1024);
    for (const bytes of [
      withoutEnd,
      Buffer.concat([whole, whole]),
      Buffer.concat([whole, Buffer.alloc(1)]),
    ]) {
      const damaged = await archiveAround(archive, bytes);
      const checked = checkArchive(files, { bench: reachOf(ground, []), journals: ground.journals }, damaged);
      await expect(checked).rejects.toMatchObject({ code: "archive.damaged" });
      await removeArchive(damaged);
    }
    const good = await archiveAround(archive, whole);
    onTestFinished(() => removeArchive(good));
    const facts = await checkArchive(files, { bench: reachOf(ground, []), journals: ground.journals }, good);
    expect(facts).toEqual([
      { name: "/srv", counts: { files: 1, folders: 1, links: 0, others: 0, bytes: 1 } },
    ]);
  });
});

async function fileIn({ root, sh }: Ground): Promise<string> {
  await sh("echo content > file");
  return `${root}/file`;
}

describe("a backup of files", () => {
  test("keeps units whose names are patterns and quotings apart", async () => {
    const ground = await here();
    const units = ["a*", "ab", "a\\n", " lead", "[x]", "-C", "it's"].map((name) => `${ground.root}/${name}`);
    await ground.sh(
      `for n in 'a*' ab 'a\\n' ' lead' '[x]' -C "it's"; do mkdir -- "$n"; echo "$n" > "./$n/f"; done`,
    );
    const before = await ground.sh("cat ./*/f");
    const archive = await take(ground, units);
    expect(archive.facts.map((unit) => unit.counts.files)).toEqual(units.map(() => 1));
    await ground.sh("rm -rf ./*");
    await put(ground, archive);
    expect(await ground.sh("cat ./*/f")).toBe(before);
  });

  test("succeeds with a warning when a file changes while it is read", async () => {
    const ground = await here();
    await ground.sh("mkdir d; head -c 80000000 /dev/urandom > d/log");
    const archive = await take(
      ground,
      [`${ground.root}/d`],
      async () => void (await ground.sh("echo more >> d/log")),
    );
    expect(archive.warnings).toEqual([
      expect.stringContaining("file changed as we read it"),
      expect.stringContaining("not of one moment"),
    ]);
  }, 120_000);

  test.skipIf(process.getuid?.() !== 0)("leaves devices out and says so", async () => {
    const ground = await here();
    await ground.sh("mkdir d; mknod 'd/a device' c 1 3; echo x > d/file");
    const archive = await take(ground, [`${ground.root}/d`]);
    expect(archive.warnings).toContain(`1 devices were left out: ${ground.root}/d/a device`);
    expect(archive.facts[0]?.counts).toMatchObject({ files: 1, folders: 1, others: 0 });
  });

  test("names what is missing, and a symbolic link, before the first byte", async () => {
    const ground = await here();
    const missing = `${ground.root}/not there`;
    await expect(take(ground, [missing])).rejects.toMatchObject({
      code: "target.missing",
      message: expect.stringContaining(missing),
    });
    await symlink("/etc", `${ground.root}/link`);
    await expect(take(ground, [`${ground.root}/link`])).rejects.toMatchObject({ code: "target.unsuitable" });
  });
});

describe("a restore of files", () => {
  test("makes the folders above a path that is gone, and removes them when it is given up", async () => {
    const ground = await here();
    await ground.sh("mkdir -p a/b/c; echo x > a/b/c/f");
    const archive = await take(ground, [`${ground.root}/a/b/c`]);
    await ground.sh("rm -rf a");
    const reach = reachOf(ground, archive.units);
    await restorationOf(files, reach, archive).prepare();
    await restorationOf(files, reach, archive).abort();
    expect(await names(ground)).toBe(".");
    await put(ground, archive);
    expect(await ground.sh("cat a/b/c/f")).toBe("x");
  });

  test("that can switch one of two paths only, switches none", async () => {
    const ground = await here();
    await ground.sh("mkdir one two; echo old > one/f; echo old > two/f");
    const archive = await take(ground, [`${ground.root}/one`, `${ground.root}/two`]);
    await ground.sh("echo new > one/f; echo new > two/f");
    const before = await names(ground);
    const reach = reachOf(ground, archive.units);
    const restoration = restorationOf(files, reach, archive);
    await restoration.prepare();
    await restoration.loaded(
      await load({ reach, journals: ground.journals }, restoration, openArchive(archive)),
    );
    await ground.sh(`rm -rf two.cofre-stage-${reach.tag}/two`);
    await expect(restoration.commit()).rejects.toMatchObject({ code: "restore.failed" });
    expect(await ground.sh("cat one/f two/f")).toBe("new\nnew");
    await restoration.abort();
    expect(await names(ground)).toBe(before);
  });

  test("killed between its two renames is put back", async () => {
    const ground = await here();
    await ground.sh("mkdir d; echo old > d/f");
    const archive = await take(ground, [`${ground.root}/d`]);
    await ground.sh("echo new > d/f");
    const before = await names(ground);
    const reach = reachOf(ground, archive.units);
    const restoration = restorationOf(files, reach, archive);
    await restoration.prepare();
    await load({ reach, journals: ground.journals }, restoration, openArchive(archive));
    await ground.sh(`mkdir d.cofre-old-${reach.tag} && mv d d.cofre-old-${reach.tag}/d`);
    expect(await restoration.stage()).toBe("staged");
    await restoration.abort();
    expect(await ground.sh("cat d/f")).toBe("new");
    expect(await names(ground)).toBe(before);
  });

  test.each(["/proc/sys", "/"])("to %s is refused by name", async (path) => {
    const ground = await here();
    const archive = await take(ground, [await fileIn(ground)]);
    await expect(put(ground, archive, [path])).rejects.toMatchObject({
      message: expect.stringContaining(path),
    });
  });
});

const reason = absentReason({ ssh: "plain" });

describe.skipIf(reason !== null)(reason ?? "on a server with little room and rights", () => {
  test("a full disk leaves the target as it was, and the next restore works", async () => {
    const ground = await plain("/opt/small");
    await ground.sh("mkdir d; head -c 9000000 /dev/urandom > d/big");
    const archive = await take(ground, [`${ground.root}/d`]);
    const digest = await ground.sh("sha256sum d/big");
    await ground.sh("head -c 8000000 /dev/urandom > filler; echo new > d/big");
    const before = await names(ground);
    await ground.sh("head -c 9000000 /dev/urandom > filler2 || true");
    await expect(put(ground, archive)).rejects.toMatchObject({ name: "Fault" });
    await ground.sh("rm filler2");
    expect(await names(ground)).toBe(before);
    expect(await ground.sh("cat d/big")).toBe("new");
    await put(ground, archive);
    expect(await ground.sh("sha256sum d/big")).toBe(digest);
  }, 120_000);

  test("a mount point is refused, and so is a folder with one inside", async () => {
    const ground = await plain();
    const archive = await take(ground, [await fileIn(ground)]);
    for (const path of ["/opt/small", "/opt"]) {
      await expect(put(ground, archive, [path])).rejects.toMatchObject({
        code: "target.unsuitable",
        message: expect.stringContaining("mount point"),
      });
    }
  }, 60_000);

  test("what the user may not read is named, and what may not be written", async () => {
    const ground = await plain("/tmp", "shonly");
    await expect(take(ground, ["/etc/shadow"])).rejects.toMatchObject({
      code: "target.permission",
      message: expect.stringContaining("/etc/shadow"),
    });
    await expect(take(ground, ["/etc"])).rejects.toMatchObject({ code: "target.permission" });
    const archive = await take(ground, [await fileIn(ground)]);
    await expect(put(ground, archive, ["/usr/mine"])).rejects.toMatchObject({ code: "target.permission" });
  }, 60_000);
});

const noBusybox = absentReason({ program: "busybox" });

describe.skipIf(noBusybox)(noBusybox ?? "a server that has busybox only", () => {
  test("keeps files, and does not take what its tar would lose", async () => {
    const tools = await mkdtemp(join(tmpdir(), "cofre-busybox-"));
    onTestFinished(() => rm(tools, { recursive: true, force: true }));
    const installed = await createLocalServer("here").run({
      argv: ["sh", "-c", 'busybox --install -s "$1"', "x", tools],
    });
    expect(installed, installed.stderr).toMatchObject({ code: 0 });
    const ground = await here({ PATH: tools });
    await ground.sh(
      `mkdir -p d/empty 'd/it'"'"'s'; echo x > "d/it's/-f"; ln -s nowhere d/link; ln "d/it's/-f" d/hard`,
    );
    await ground.sh("head -c 100000 /dev/urandom > 'd/[a]*'");
    const before = await ground.sh("find . | sort; cat 'd/[a]*' | sha256sum");
    const units = [`${ground.root}/d`];
    const archive = await take(ground, units);
    expect(archive.format.version).toBe("ustar");
    expect(archive.warnings.join()).toMatch(/written by busybox tar .*: without access lists/);
    expect(archive.facts[0]?.counts).toEqual({ files: 3, folders: 3, links: 1, others: 0, bytes: 100_002 });
    await ground.sh("rm -rf d; mkdir d; echo new > d/new");
    await put(ground, archive);
    await ground.sh("rm -rf d.cofre-old-*");
    expect(await ground.sh("find . | sort; cat 'd/[a]*' | sha256sum")).toBe(before);
    const dump = await dumpOf(archive);
    const cut = await archiveAround(archive, dump.subarray(0, dump.length - 512));
    const bench = { bench: reachOf(ground, units), journals: ground.journals };
    await expect(checkArchive(files, bench, cut)).rejects.toMatchObject({ code: "archive.damaged" });
    await removeArchive(cut);
    const pax = { ...archive, format: { ...archive.format, version: "pax" } };
    await expect(put(ground, pax)).rejects.toMatchObject({ code: "engine.unsupported" });
  }, 60_000);
});
