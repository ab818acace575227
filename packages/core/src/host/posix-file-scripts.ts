/**
 * What `posix-files.ts` runs: POSIX sh with the tools of GNU or busybox. `$a` (and `$b`) are paths, `$1`… further words.
 * Errors are told by the tools' own words in the C locale, see `posix-file-faults.ts`.
 */

/** Paths come as printable ASCII. The x keeps newlines at the end of a name, which `$(…)` would drop. */
export const ONE_PATH = `export LC_ALL=C; a=$(printf %bx "$1"); a=\${a%x}; shift`;
export const TWO_PATHS = `export LC_ALL=C; a=$(printf %bx "$1"); a=\${a%x}; b=$(printf %bx "$2"); b=\${b%x}; shift 2`;

const SAY_EXISTS = `{ echo "cofre: File exists" >&2; exit 1; }`;
/** An old `sync` knows no folder and syncs everything. */
const SYNC_FOLDER_OF_B = `d=\${b%/*}; sync "\${d:-/}" 2>/dev/null || sync`;

export const READ = `exec cat -- "$a"`;

/** `$1` first byte, `$2` count. */
export const READ_RANGE = `
if dd if=/dev/null of=/dev/null iflag=skip_bytes,count_bytes 2>/dev/null; then
  exec dd if="$a" bs=262144 iflag=skip_bytes,count_bytes skip="$1" count="$2"
fi
[ -r "$a" ] || exec cat -- "$a"
tail -c "+$(($1 + 1))" -- "$a" | head -c "$2"`;

/** stdin to a new file, on disk when it ends. */
export const WRITE = `umask 077; set -C; true > "$a" || exit 1; set +C; exec dd of="$a" bs=1048576 conv=notrunc,fsync`;

/** Gives a written file (`$a`) its name (`$b`) when all of its `$1` bytes are there. */
export const SETTLE = `
size=$(stat -c %s -- "$a") || exit 1
[ "$size" = "$1" ] || { echo "cofre: $size of $1 bytes arrived" >&2; exit 1; }
[ ! -d "$b" ] || ${SAY_EXISTS}
mv -f -- "$a" "$b" || exit 1
${SYNC_FOLDER_OF_B}`;

/** `ln` never overwrites; file systems without hard links get `mv -n`, which may say nothing when it did nothing. */
export const PUBLISH = `
if [ -e "$b" ] || [ -L "$b" ]; then ${SAY_EXISTS}; fi
if why=$(ln -- "$a" "$b" 2>&1); then rm -f -- "$a"
elif [ -e "$b" ]; then ${SAY_EXISTS}
else case $why in
  *"not permitted"* | *"not supported"* | *"not implemented"* | *"Too many links"*)
    mv -n -- "$a" "$b" || exit 1
    [ ! -e "$a" ] || ${SAY_EXISTS} ;;
  *) echo "$why" >&2; exit 1 ;;
esac; fi
${SYNC_FOLDER_OF_B}`;

/** Mode in hex, bytes, seconds. Links are followed. */
export const STAT = `exec stat -L -c '%f %s %Y' -- "$a"`;

/** Records that start with `$1`, which no name can guess. A broken link is not listed. */
export const LIST = `
stat -L -c %f -- "$a" > /dev/null || exit 1
[ -d "$a" ] || { echo "cofre: Not a folder" >&2; exit 1; }
{ [ -r "$a" ] && [ -x "$a" ]; } || { echo "cofre: Permission denied" >&2; exit 1; }
command -v find > /dev/null || { echo "cofre: find: not found" >&2; exit 127; }
find "$a/." -mindepth 1 -maxdepth 1 -exec stat -L -c "$1 %f %s %Y %n" -- {} + 2> /dev/null
exit 0`;

export const MAKE_FOLDER = `umask 077; exec mkdir -p -- "$a"`;

export const RENAME = `
if [ -d "$b" ]; then ${SAY_EXISTS}; fi
exec mv -f -- "$a" "$b"`;

export const REMOVE = `exec rm -f -- "$a"`;

/** Of the nearest parent that is there. */
export const SPACE = `
while [ -n "$a" ] && [ ! -e "$a" ]; do a=\${a%/*}; done
exec df -P -k -- "\${a:-/}"`;
