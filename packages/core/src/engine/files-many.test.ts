import { setInterval } from "node:timers";
import { absentReason, extentOf } from "@cofre/lab";
import { expect, test } from "vitest";
import { here, putFiles, takeFiles } from "../testing/files-ground.ts";
import { FilesTarget } from "./files-target.ts";

/** A million in the long run before a release. */
const FOLDERS = extentOf("round trips") === "every promise" ? 1000 : 50;
/** Of this whole process, with everything that the test itself carries. */
const GROWTH_BYTES = 120 * 1024 * 1024;

/** Folders of a thousand; names of 255 bytes; holes of a gigabyte; attributes, lists and owners. */
const FILL = `
mkdir many && cd many
seq 1 ${FOLDERS} | while read -r n; do mkdir "d $n"; (cd "d $n" && seq -f '%06g small file' 1 1000 | tr '\\n' '\\0' | xargs -0 touch); done
touch "$(printf '%0255d' 7)"
truncate -s 1G sparse && printf end >> sparse
setfattr -n user.cofre -v kept sparse
setfacl -m u:4321:r 'd 1/000001 small file'
[ "$(id -u)" != 0 ] || chown 4321:games 'd 1/000002 small file'
`;

const LOOK = `
find . -type f -printf x | wc -c
[ "$(du -k sparse | cut -f1)" -lt 1000 ] && tail -c 3 sparse
stat -c '%s' sparse
getfattr --only-values -n user.cofre sparse; echo
getfacl -n 'd 1/000001 small file' | grep 4321
stat -c '%u:%g' 'd 1/000002 small file'
`;

const reason = absentReason({ program: "setfattr" }) ?? absentReason({ program: "setfacl" });

test.skipIf(reason)(
  reason ?? `${FOLDERS},000 files with attributes go out and come back without a trace of them in memory`,
  async () => {
    const ground = await here();
    await ground.sh(FILL);
    const before = await ground.sh(`cd many; ${LOOK}`);
    expect(before.split("\n")).toEqual(expect.arrayContaining(["kept", "user:4321:r--"]));
    let peak = 0;
    const least = process.memoryUsage().rss;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - least);
    }, 50);
    const target = FilesTarget.parse({ paths: [`${ground.root}/many`], exclude: ["nothing like this"] });
    const archive = await takeFiles(ground, target);
    const copy = { ...archive, into: [`${ground.root}/copy`] };
    await putFiles(ground, copy);
    clearInterval(watch);
    expect(archive.facts[0]?.counts).toEqual({
      files: FOLDERS * 1000 + 2,
      folders: FOLDERS + 1,
      links: 0,
      others: 0,
      bytes: 1024 ** 3 + 3,
    });
    expect(await ground.sh(`cd copy; ${LOOK}`)).toBe(before);
    expect(peak).toBeLessThan(GROWTH_BYTES);
  },
  FOLDERS * 1200,
);
