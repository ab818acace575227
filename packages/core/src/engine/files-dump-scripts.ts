import { HOLD } from "./files-hold-scripts.ts";

/**
 * A unit is one word of these scripts: its path; with patterns (COFRE_PATTERNS), behind it, a line each, the words for find. Run in a
 * shell of its own, this makes them `$path` and the words.
 */
const OPEN = `
  set -f
  IFS='
'
  [ -z "$COFRE_PATTERNS" ] || set -- $1
  path=$1
  shift
`;

/**
 * Looks at $@ before the first byte: what is missing, a link, unreadable, or a device. One finding a line, the path last. What the
 * patterns leave out is not looked at.
 */
export const LOOK = `
export LC_ALL=C
look() (${OPEN}
  if [ -L "$path" ]; then printf 'link %s\\n' "$path"; elif [ ! -e "$path" ]; then printf 'missing %s\\n' "$path"; fi
  if find / -maxdepth 0 -readable -printf '' 2> /dev/null; then
    find "$path" "$@" \\( \\( -type b -o -type c \\) -printf 'device %p\\n' -o ! -type l ! -readable -printf 'unreadable %p\\n' -prune \\) 2> /dev/null
  else
    find "$path" "$@" \\( -type b -o -type c \\) -exec printf 'device %s\\n' {} \\; 2>&1 | sed 's/^find: \\(.*\\): Permission denied$/unreadable \\1/'
  fi
)
for unit; do look "$unit"; done | head -n 2000
`;

/**
 * Writes $@, one unit each, as one tar. Each unit is a run of its own, so that no hard link leads from one to another; the ends of
 * all but the last are cut off, which is 1024 bytes when a record is one block. Devices (COFRE_EXCLUDE) are left out. With patterns,
 * find says what is taken and tar takes no more than that. GNU tar ends with 1 when a file changed while it was read: that, and only
 * that, is no failure. Source: info tar, "Synopsis" (exit codes).
 */
export const DUMP = `
export LC_ALL=C
${HOLD}
exec 3>&1
record= each=
if [ "$COFRE_GNU" ]; then record='-b 20' each='-b 1'; fi
[ "$#" -eq 1 ] || record=$each
chosen() (${OPEN}
  printf '%s\\0' "$path"
  find "$path" -mindepth 1 "$@"
  echo "find $?" >&5
)
one() {
  options=$1
  shift
  if [ "$COFRE_PATTERNS" ]; then
    chosen "$1" | tar -C / -cf - $COFRE_OPTIONS $options --no-recursion -T -
  else
    [ -z "$COFRE_EXCLUDE" ] || options="$options -X /dev/fd/4"
    path=\${1#/}
    tar -C / -cf - $COFRE_OPTIONS $options -- "$path" 4<<EXCLUDE
$COFRE_EXCLUDE
EXCLUDE
  fi
  echo "tar $?" >&5
}
judge() {
  awk '/^tar: [Rr]emoving leading/ { next }
    { print; fflush() }
    !/: (file changed as we read it|File removed before we read it|File shrank by [0-9]+ bytes; padding with zeros|socket ignored|No such file or directory)$/ && !/error exit delayed from previous errors$/ { bad = 1 }
    END { exit bad }' >&2 || echo bad >&5
}
codes=$(exec 7>&-; { {
  while [ "$#" -gt 1 ]; do
    one "$each" "$1" 2>&4 | head -c -1024 >&3
    shift
  done
  one "$record" "$1" 2>&4 >&3
} 4>&1 | judge; } 5>&1)
let_go || exit 1
echo "$codes" | awk '$1 == "bad" { bad = 1; next } $2 == 1 { changed = 1 } $2 > 1 { failed = 1 } $1 == "tar" { ran = 1 }
  END { exit failed || !ran || ((changed || ENVIRON["COFRE_PATTERNS"]) && bad) }'
`;
