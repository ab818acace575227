import { randomBytes } from "node:crypto";
import { absentReason } from "@cofre/lab";
import type { ReachOptions, Specimen } from "../engine/conformance/specimen.ts";
import type { FilesTarget } from "../engine/files-target.ts";
import type { Ran, Server } from "../host/host.ts";
import type { Secret } from "../model/secret.ts";
import { awkwardNames } from "./specimens.ts";

export interface FilesSpecimenOptions {
  readonly server: Server;
  /** A folder of the test's own; made, and removed with everything in it. Two specimens of one pair have the same. */
  readonly root: string;
  readonly secrets: readonly Secret[];
}

const FILL = `
umask 022
site=$1 odd=$2 single=$3
shift 3
mkdir -p "$site/deep" "$odd"
for name; do
  echo "content of $name" > "$site/$name"
  mkdir -p "$site/deep/$name"
  echo x > "$site/deep/$name/-x"
done
awk 'BEGIN { for (i = 0; i < 30000; i++) print i, i * 7919 % 10007 }' > "$site/numbers"
path=$site/deep i=0
while [ "$i" -lt 30 ]; do path="$path/a folder of a deep path $i" i=$((i + 1)); done
mkdir -p "$path" && echo deep > "$path/file"
mkdir "$site/empty folder"
: > "$site/empty file"
ln "$site/numbers" "$site/deep/hard link"
ln "$site/numbers" "$odd/hard link from another unit"
ln -s numbers "$site/link"
ln -s /nowhere/at/all "$site/dangling -> link"
ln -s ../../../../etc "$site/link out"
dd if=/dev/zero of="$site/sparse" bs=1 count=1 seek=3000000 2> /dev/null
mkfifo "$site/fifo"
echo secret > "$site/mode 0400" && chmod 0400 "$site/mode 0400"
echo run > "$site/mode 4755" && chmod 4755 "$site/mode 4755"
chown 1234:5678 "$site/empty file"
touch -d '2001-02-03 04:05:06.789' "$site/numbers"
printf 'not utf-8' > "$site/$(printf 'latin \\351')"
chmod 0555 "$site/empty folder"
if [ "$ATTRIBUTES" ]; then
  setfattr -n user.cofre -v kept "$site/numbers" && getfattr -d --absolute-names "$site/numbers" | grep -q kept ||
    { echo "no attributes are kept here" >&2; exit 9; }
fi
echo odd > "$odd/only"
echo 'one file' > "$single" && chmod 0640 "$single"
touch -d '2010-10-10 10:10:10' "$site" "$odd" "$single"
`;

const CHANGE = `
echo new > "$1/must disappear"
rm -rf "$1/deep"
echo changed >> "$1/numbers"
chmod 0777 "$1/empty file"
rm "$2/only" && mkdir "$2/only"
echo changed > "$3"
`;

const EMPTY = `
rm -rf "$4" && mkdir -p "$1" "$2" && : > "$3"
`;

/** Metadata, links within the unit, contents and attributes; the unit's own name is left out. */
const FINGERPRINT = `
export LC_ALL=C
for unit; do
  find "$unit" ! -type d -printf '%y %m %U:%G %s %T@ %l %P\\0' -o -printf '%y %m %U:%G %T@ %P\\0' | sort -z | sha256sum
  find "$unit" -type f -links +1 -printf '%i\\n' | sort | uniq -c | awk '$1 > 1 { print "names", $1 }' | sort
  if [ -d "$unit" ]; then (cd "$unit" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum | sha256sum); else sha256sum < "$unit"; fi
  [ -z "$ATTRIBUTES" ] || getfattr -PRd --absolute-names "$unit" | grep '^user' | sort
done
true
`;

const KILL =
  'for p in $(grep -ls "COFRE_JOB=$1" /proc/[0-9]*/environ | cut -d/ -f3); do [ "$(cat "/proc/$p/comm")" != tar ] || kill -9 "$p"; done';
const LEFT =
  'grep -ls "COFRE_JOB=$2" /proc/[0-9]*/environ; find "$1" -maxdepth 3 -name "*.cofre-*-$2*" -prune';

/** Where this machine has the tools for them, so have the lab's servers; in CI they MUST be here. */
const hasAttributes = absentReason({ program: "setfattr" }) === null;

/** A folder of a real server with what breaks people in it. */
export async function startFilesSpecimen(options: FilesSpecimenOptions): Promise<Specimen<FilesTarget>> {
  const { server, root, secrets } = options;
  const units = [`${root}/site`, `${root}/we "ird" $(x) \\n é😀/-odd`, `${root}/single file.txt`] as const;
  const journals = `${root}.journals`;
  const sh = async (script: string, ...words: string[]): Promise<Ran> => {
    const env = { ATTRIBUTES: hasAttributes ? "yes" : "" };
    const ran = await server.run({ argv: ["sh", "-c", script, "specimen", ...words], env });
    if (ran.code !== 0 && ran.stderr !== "") throw new Error(`on ${server.name}: ${ran.stderr}`);
    return ran;
  };
  await sh(EMPTY, ...units, root);
  const reach = (to: ReachOptions = {}) => ({
    host: server,
    server,
    target: { paths: [...units] },
    tag: to.tag ?? randomBytes(16).toString("hex"),
    signal: to.signal ?? new AbortController().signal,
  });
  return {
    reach,
    journals,
    secrets,
    units,
    empty: async () => void (await sh(EMPTY, ...units, root)),
    fill: async () => void (await sh(FILL, ...units, ...awkwardNames)),
    grow: async (bytes) => {
      await sh('head -c "$2" /dev/urandom > "$1/grown"', units[0], String(bytes));
    },
    change: async () => void (await sh(CHANGE, ...units)),
    fingerprint: async (of) => (await sh(FINGERPRINT, ...of)).stdout,
    leftovers: async (tag) => (await sh(LEFT, root, tag)).stdout.split("\n").filter((line) => line !== ""),
    breakDump: async (tag) => void (await sh(KILL, tag)),
    [Symbol.asyncDispose]: async () => {
      await sh('rm -rf "$1" "$2"', root, journals);
      await server[Symbol.asyncDispose]();
    },
  };
}
