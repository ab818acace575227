import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";

/** Counts and checks the lines of a listing. Each top of the archive (a unit) comes with all below it before the next. */
const COUNT = `
function refuse(why) { if (!(why in told)) { told[why] = 1; print "cofre refuse " why " " substr(name, 1, 500) } }
function below_link(path,   at) {
  while (match(path, /\\/[^\\/]*$/)) {
    path = substr(path, 1, RSTART - 1)
    if (path in links) return 1
  }
  return 0
}
function check_place(path,   folder) {
  if (path ~ /^\\//) refuse("absolute")
  if (("/" path "/") ~ /\\/\\.\\.\\//) refuse("parent")
  if (!linked) return
  folder = path; sub(/\\/[^\\/]*$/, "", folder)
  if (folder == checked) return
  if (below_link(path)) refuse("below-link")
  checked = folder
}
# A listing joins name and target by the mark, which a name may hold too: every place where the name could end is looked at.
function check_linked(text, mark,   from, at) {
  from = 1
  while ((at = index(substr(text, from), mark)) > 0) {
    check_place(substr(text, 1, from + at - 2))
    from += at + length(mark) - 1
  }
}
function keep_link(text,   from, at) {
  from = 1
  while ((at = index(substr(text, from), " -> ")) > 0) {
    links[substr(text, 1, from + at - 2)] = 1
    from += at + 3
  }
  if (++linked > 1000000) { refuse("many-links"); exit }
  checked = ""
}
function check_target(text,   target) {
  target = substr(text, index(text, " link to ") + 9)
  if (target != root && index(target, root "/") != 1) refuse("link-out")
  if (("/" target "/") ~ /\\/\\.\\.\\//) refuse("link-out")
}
{
  name = $0
  if (!raw) {
    if (name ~ /^block [0-9]+: \\*\\* Block of NULs \\*\\*$/) { split(name, word, /[ :]+/); print "cofre end " word[2]; next }
    if (name ~ /^block [0-9]+: \\*\\* End of File \\*\\*$/) next
    sub(/^block [0-9]+: /, "", name)
  }
  if (!match(name, /^[-a-zA-Z][-rwxsStT]+[+.@]? +[^ ]+ +[0-9]+(,[0-9]+)? /)) {
    if (raw) odd++; else refuse("unknown-line")
    next
  }
  kind = substr(name, 1, 1)
  split(name, word, / +/)
  size = word[3]
  name = substr(name, RLENGTH + 1)
  if (!match(name, /^[-0-9]+ [0-9:.]+ /)) {
    if (raw) odd++; else refuse("unknown-line")
    next
  }
  # Times are filled up to the longest so far, and a name may begin with spaces.
  if (RLENGTH > width) width = RLENGTH
  name = substr(name, width + 1)
  sub(/\\/$/, "", name)
  if (kind == "l") check_linked(name, " -> ")
  else if (kind == "h") check_linked(name, " link to ")
  else check_place(name)
  if (units == 0 || (name != root && index(name, root "/") != 1)) {
    root = name
    if (kind == "l") sub(/ -> .*/, "", root)
    for (i = 1; i <= units; i++)
      if (root == roots[i] || index(root, roots[i] "/") == 1 || index(roots[i], root "/") == 1) refuse("unit-twice")
    if (++units > 1000) { refuse("many-units"); exit }
    roots[units] = root
  }
  if (kind == "d") folders[units]++
  else if (kind == "l") { symlinks[units]++; keep_link(name) }
  else if (kind == "-" || kind == "C") { files[units]++; bytes[units] += size }
  else if (kind == "h") { files[units]++; check_target(name) }
  else if (kind == "p" || kind == "s") others[units]++
  else refuse(kind == "b" || kind == "c" ? "device" : "unknown-kind")
}
END {
  for (i = 1; i <= units; i++)
    printf "cofre unit %.0f %.0f %.0f %.0f %.0f %s\\n", files[i], folders[i], symlinks[i], others[i], bytes[i], roots[i]
  if (raw) print "cofre raw " odd + 0
}
`;

/**
 * Defines `scan`: reads a tar on stdin to the last byte of the stream and prints what is in it, unit by unit, with everything that
 * Cofre does not restore. GNU tar names the block where the archive ends, so that with the number of all bytes a cut and an
 * addition show to the byte; busybox does not, there the blocks of zeros at the end must do. Source: `info tar`, "Blocking" and
 * `--block-number`; listed names are quoted by GNU tar and not by busybox.
 */
export const SCAN = `
export LC_ALL=C
count='${COUNT.replaceAll("'", "'\\''")}'
gnu=
case $(tar --version 2> /dev/null) in *"GNU tar"*) gnu=yes ;; esac
list() {
  if [ "$gnu" ]; then tar -tvRf - --numeric-owner --quoting-style=escape; else tar -tvf -; fi
}
measure() {
  if [ "$gnu" ]; then wc -c; return; fi
  { tee /dev/fd/6 | tail -c 1024 | tr -d '\\000' | wc -c | sed 's/^ */cofre tail /' >&8; } 6>&1 | wc -c
}
scan() {
  exec 8>&1
  bytes=$({ tee /dev/fd/9 | { list; echo "cofre exit $?" >&8; cat > /dev/null; } | awk -v raw="$([ "$gnu" ] || echo 1)" "$count" >&8; } 9>&1 | measure)
  echo "cofre bytes" $bytes
}
`;

const REFUSALS: Readonly<Record<string, string>> = {
  absolute: "a name that is not below the path",
  parent: "a name with `..` in it",
  "below-link": "a name that leads through a link",
  "link-out": "a hard link to something outside",
  device: "a device",
  "unit-twice": "one path twice",
  "many-units": "more paths than a backup can have",
  "many-links": "more links than can be checked",
  "unknown-kind": "something that is neither a file, a folder nor a link",
  "unknown-line": "something that cannot be read",
};

/** A unit in an archive: its path at the source and what was counted in it. */
export interface ScannedTar {
  readonly units: readonly UnitFacts[];
  /** Set when the counts can be fooled by names with newlines in them, as busybox lists them. */
  readonly isRough: boolean;
}

/** Reads the output of `scan`; throws `archive.damaged` unless it is one whole tar, `archive.foreign` for what is not restored. */
export function readScan(output: string): ScannedTar {
  const lines = output.split("\n");
  const numberAfter = (word: string): number | undefined => {
    const line = lines.findLast((one) => one.startsWith(`cofre ${word} `));
    const number = line?.slice(`cofre ${word} `.length).trim();
    return number !== undefined && /^\d+$/.test(number) ? Number(number) : undefined;
  };
  const raw = numberAfter("raw");
  const bytes = numberAfter("bytes");
  if (numberAfter("exit") !== 0 || bytes === undefined) throw damaged("it ends in the middle");
  if (raw === undefined) checkEnd(bytes, numberAfter("end"));
  else if (numberAfter("tail") !== 0 || bytes % 512 !== 0 || bytes < 1024) throw damaged("it has no end");
  const refused = lines.find((line) => line.startsWith("cofre refuse "));
  if (refused !== undefined) throw foreign(refused.slice("cofre refuse ".length));
  const units = lines.flatMap((line) => unitOf(line, raw !== undefined));
  if (units.length === 0) throw damaged("there is nothing in it");
  return { units, isRough: raw !== undefined && raw > 0 };
}

/** Two blocks of zeros end a tar, and GNU tar fills up to a record of twenty blocks. */
function checkEnd(bytes: number, block: number | undefined): void {
  if (block === undefined) throw damaged("it has no end");
  const least = (block + 2) * 512;
  const padded = Math.ceil(least / 10_240) * 10_240;
  if (bytes !== least && bytes !== padded) {
    throw damaged(`it ends after ${least} bytes, but ${bytes} bytes are there`);
  }
}

function unitOf(line: string, isRaw: boolean): UnitFacts[] {
  const found = /^cofre unit (\d+) (\d+) (\d+) (\d+) (\d+) (.+)$/.exec(line);
  if (found === null) return [];
  const [files = 0, folders = 0, links = 0, others = 0, bytes = 0] = found.slice(1, 6).map(Number);
  const name = found[6] ?? "";
  return [{ name: `/${isRaw ? name : unescaped(name)}`, counts: { files, folders, links, others, bytes } }];
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Undoes GNU tar's quoting style `escape` in the C locale: `\n`, `\\`, octal for every other byte that is not printable. */
export function unescaped(name: string): string {
  const bytes = name.replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function damaged(found: string): Fault {
  return new Fault("archive.damaged", `the tar is not whole: ${found}`, {
    hint: "Do not use this backup; choose another and validate it.",
  });
}

function foreign(refusal: string): Fault {
  const [why = "", ...name] = refusal.split(" ");
  return new Fault("archive.foreign", `the tar holds ${REFUSALS[why] ?? why}: ${name.join(" ")}`, {
    hint: "Such an archive is not restored; unpack it by hand where it can do no harm.",
  });
}
