import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absentReason } from "@cofre/lab";
import { describe, expect, onTestFinished, test } from "vitest";
import { createLocalServer } from "../host/local.ts";
import { type Ground, here, putFiles, takeFiles } from "../testing/files-ground.ts";
import { FilesTarget } from "./files-target.ts";

const FILL = `
mkdir -p 's [x]/app/node_modules/deep' 's [x]/app/src/logs' 's [x]/logs' 's [x]/cache' 's [x]/a.b'
for f in app/node_modules/deep/one app/src/main.ts app/src/logs/a.log logs/b.log logs/keep.txt cache/c 'a.b/x y' axb; do
  echo "$f" > "s [x]/$f"
done
printf odd > "s [x]/$(printf 'line\\nend.log')"
ln 's [x]/axb' 's [x]/logs/hard.log'
ln -s app 's [x]/link'
mkfifo 's [x]/fifo'
`;

const noBusybox = absentReason({ program: "busybox" });

/** A busybox alone on the path, with its own tar and find. */
async function busyboxHere(): Promise<Ground> {
  const tools = await mkdtemp(join(tmpdir(), "cofre-busybox-"));
  onTestFinished(() => rm(tools, { recursive: true, force: true }));
  const argv = ["sh", "-c", 'busybox --install -s "$1"', "x", tools] as const;
  const installed = await createLocalServer("here").run({ argv });
  if (installed.code !== 0) throw new Error(installed.stderr);
  return await here({ PATH: tools });
}

describe("patterns of a resource", () => {
  test.each(["", "!a", "a\nb", "a\\b", "../a", "/", "a//b", "a[b", "[]"])("refuse %j", (pattern) => {
    expect(FilesTarget.safeParse({ paths: ["/srv"], exclude: [pattern] }).success).toBe(false);
  });

  test.each([
    [
      { exclude: ["node_modules", "*.log"] },
      "app app/src app/src/main.ts app/src/logs a.b cache/c logs/keep.txt fifo",
    ],
    [{ exclude: ["/app", "axb/", "a.b"] }, "axb cache/c logs/b.log !app !a.b"],
    [
      { exclude: ["app/*/logs", "l?nk", "[!a-k]ogs/*.log"] },
      "app/src !app/src/logs !link !logs/b.log logs/keep.txt",
    ],
    [
      { include: ["app/src/", "logs/**"], exclude: ["b.log"] },
      "app/src/main.ts app/src/logs/a.log logs/hard.log !logs/b.log !axb !fifo cache !cache/c",
    ],
    [{ include: ["**/deep/*", "a.b"] }, "app/node_modules/deep/one a.b/x !axb"],
  ] as const)(
    "%j choose",
    async (patterns, expected) => {
      const ground = await here();
      await ground.sh(FILL);
      const path = `${ground.root}/s [x]`;
      const archive = await takeFiles(ground, FilesTarget.parse({ paths: [path], ...patterns }));
      const copy = { ...archive, into: [`${ground.root}/copy`] };
      await putFiles(ground, copy);
      const found = await ground.sh("cd copy && find . -mindepth 1 -printf '%P\\n' | sed 's/ y$//'");
      for (const word of expected.split(" ")) {
        if (word.startsWith("!")) expect(found.split("\n")).not.toContain(word.slice(1));
        else expect(found.split("\n")).toContain(word);
      }
      const counted = await ground.sh(
        "find copy -type f -printf x | wc -c; find copy -type d -printf x | wc -c",
      );
      const { files, folders } = archive.facts[0]?.counts ?? {};
      expect(`${files}\n${folders}`).toBe(counted);
      expect(archive.warnings.join()).toContain("patterns chose what is in it");
    },
    30_000,
  );

  test("leave at the target what they leave out, and through no link of the archive", async () => {
    const ground = await here();
    await ground.sh(FILL);
    const path = `${ground.root}/s [x]`;
    const target = FilesTarget.parse({ paths: [path], exclude: ["node_modules/", "*.log", "/cache"] });
    const archive = await takeFiles(ground, target);
    await ground.sh(`cd 's [x]' && echo changed > app/src/main.ts && echo new > new && echo kept > logs/b.log
      mkdir later && chmod 0700 later && echo x > later/x.log && chown 12:34 cache 2> /dev/null; true`);
    await putFiles(ground, archive);
    expect(
      await ground.sh(
        `cd 's [x]' && cat app/src/main.ts logs/b.log later/x.log cache/c app/node_modules/deep/one; stat -c '%a' later; ls new 2> /dev/null; true`,
      ),
    ).toBe("app/src/main.ts\nkept\nx\ncache/c\napp/node_modules/deep/one\n700");
    await ground.sh(`cd 's [x]' && rm link && mkdir -p link/node_modules && echo mine > link/node_modules/f`);
    await expect(putFiles(ground, archive)).rejects.toMatchObject({
      code: "restore.failed",
      message: expect.stringContaining("/link"),
    });
    expect(await ground.sh(`cat 's [x]/link/node_modules/f'; ls 's [x]/app'`)).toBe(
      "mine\nnode_modules\nsrc",
    );
    expect(await ground.sh("ls -d *cofre-stage*; true")).toBe("");
  }, 30_000);

  test.skipIf(noBusybox)(
    noBusybox ?? "are refused by name where there is busybox only",
    async () => {
      const ground = await busyboxHere();
      await ground.sh("mkdir d");
      const target = FilesTarget.parse({ paths: [`${ground.root}/d`], exclude: ["node_modules"] });
      await expect(takeFiles(ground, target)).rejects.toMatchObject({
        code: "engine.unsupported",
        message: expect.stringContaining("busybox tar"),
      });
    },
    30_000,
  );

  test("say when something they take vanishes while it is read", async () => {
    const ground = await here();
    await ground.sh(
      "mkdir -p d/a d/z; head -c 60000000 /dev/urandom > d/a/big; echo x > d/z/gone; echo x > d/z/stays",
    );
    const target = FilesTarget.parse({ paths: [`${ground.root}/d`], exclude: ["nothing"] });
    const vanish = async () => void (await ground.sh("rm d/z/gone; echo more >> d/a/big"));
    const archive = await takeFiles(ground, target, { whileDumping: vanish });
    expect(archive.warnings.join("\n")).toMatch(/d\/z\/gone|file changed as we read it/);
    const { files } = archive.facts[0]?.counts ?? {};
    await putFiles(ground, { ...archive, into: [`${ground.root}/copy`] });
    expect(await ground.sh("find copy -type f -printf x | wc -c")).toBe(String(files));
  }, 60_000);
});
