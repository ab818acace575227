import { SCAN } from "./files-scan.ts";

/**
 * Every script below gets units as groups of four words: the path at the target, its stage folder, its folder for the old, and
 * the name that the top of the unit has in the archive (and so in the stage).
 */
const UNITS = `
export LC_ALL=C
there() { [ -e "$1" ] || [ -L "$1" ]; }
`;

/** Looks at one place for each of $@. Prints a word and the path for each reason against it. COFRE_MOUNTS: paths as mountinfo has them. */
export const LOOK = `${UNITS}
for path; do
  parent=\${path%/*}
  while [ -n "$parent" ] && [ ! -e "$parent" ]; do parent=\${parent%/*}; done
  if [ -L "$path" ]; then printf 'link %s\\n' "$path"; fi
  if [ ! -d "\${parent:-/}" ]; then printf 'no-folder %s\\n' "$parent"; elif [ ! -w "\${parent:-/}" ]; then printf 'read-only %s\\n' "\${parent:-/}"; fi
done
awk 'BEGIN { count = split(ENVIRON["COFRE_MOUNTS"], paths, "\\n") }
  { for (i = 1; i <= count; i++) if ($5 == paths[i] || index($5, paths[i] "/") == 1) { print "mounted " $5; exit } }' /proc/self/mountinfo 2> /dev/null
id -u | sed 's/^/user /'
`;

/** Makes a stage beside each path; `.made` in it counts the parents that were made for it. */
export const PREPARE = `${UNITS}
umask 077
while [ "$#" -gt 0 ]; do
  rm -rf "$2" || exit 1
  parent=\${1%/*} made=0 missing=\${1%/*}
  while [ -n "$missing" ] && [ ! -e "$missing" ]; do made=$((made + 1)) missing=\${missing%/*}; done
  [ "$made" -eq 0 ] || (umask 022; mkdir -p "$parent") || exit 1
  mkdir "$2" && echo "$made" > "$2/.made" || exit 1
  shift 4
done
`;

/**
 * Unpacks stdin into the stages, each unit by a tar of its own, and scans the same bytes. Words of its own, three for each unit:
 * its stage, its name in the archive, and how many folders are above its top there. GNU tar and busybox both refuse to write through
 * links that they have unpacked. busybox reads a name as a pattern.
 */
export const LOAD = `${SCAN}
exec 8>&1
umask 077
options=--numeric-owner
if [ "$gnu" ]; then
  options="$options --no-unquote"
  ! tar --acls -cf /dev/null --files-from /dev/null 2> /dev/null || options="$options --acls"
  ! tar --xattrs -cf /dev/null --files-from /dev/null 2> /dev/null ||
    options="$options --xattrs --xattrs-include=user.* --xattrs-include=security.capability"
fi
one() {
  name=$2
  [ "$gnu" ] || name=$(printf '%sx' "$2" | sed 's/[][\\*?]/\\&/g')
  [ "$gnu" ] || name=\${name%x}
  set -f
  tar -xpf - $options --strip-components "$3" -C "$1" -- "$name" || echo "$1" >&7
  cat > /dev/null
}
each() {
  if [ "$#" -gt 3 ]; then
    { tee /dev/fd/9 | one "$1" "$2" "$3"; } 9>&1 | { shift 3; each "$@"; }
  else
    one "$@"
  fi
}
failed=$({ { tee /dev/fd/5 | scan >&8; } 5>&1 | each "$@"; } 7>&1)
[ -z "$failed" ]
`;

/** Counts what lies in each stage (files, folders, links, others, whatever their names) and has it written to the disk. */
export const COUNT = `${UNITS}
number() { find "$1" "$2" "$3" -exec sh -c 'echo "$#"' number {} + | awk '{ sum += $1 } END { print sum + 0 }'; }
while [ "$#" -gt 0 ]; do
  top=$2/$4
  there "$top" || { echo "nothing was unpacked for $1" >&2; exit 1; }
  all=$(find "$top" -exec sh -c 'echo "$#"' number {} + | awk '{ sum += $1 } END { print sum + 0 }')
  files=$(number "$top" -type f) folders=$(number "$top" -type d) links=$(number "$top" -type l)
  sync -f "$2" 2> /dev/null || sync
  echo "cofre counted $files $folders $links $((all - files - folders - links))"
  shift 4
done
`;

/**
 * Where each unit stands: `absent`, `staged`, `switched`. A folder for the old is made before the first rename and stays, so that
 * with the top gone from the stage it says that the unit was switched, also where there was nothing before.
 */
const STATE = `
state() {
  if there "$2/$4"; then echo staged
  elif [ -d "$3" ]; then echo switched
  elif there "$2"; then echo staged
  else echo absent
  fi
}
back() {
  [ -d "$3" ] || return 0
  if ! there "$2/$4"; then
    mkdir -p "$2" || return 1
    ! there "$1" || mv -T -- "$1" "$2/$4" || return 1
  fi
  ! there "$3/$4" || mv -T -- "$3/$4" "$1" || return 1
  rmdir "$3"
}
sweep() {
  made=$(cat "$2/.made" 2> /dev/null)
  rm -rf "$2" || return 1
  there "$1" || while [ "\${made:-0}" -gt 0 ]; do
    set -- "\${1%/*}"
    rmdir "$1" || break
    made=$((made - 1))
  done
}
`;

export const STAGES = `${UNITS}${STATE}
while [ "$#" -gt 0 ]; do state "$1" "$2" "$3" "$4"; shift 4; done
`;

/** Two renames for each unit. When one fails, those before are turned back. */
export const COMMIT = `${UNITS}${STATE}
swap() {
  [ "$(state "$@")" = staged ] || return 0
  there "$2/$4" || { echo "nothing was unpacked for $1" >&2; return 1; }
  mkdir -p "$3" && chmod 700 "$3" || return 1
  ! there "$1" || mv -T -- "$1" "$3/$4" || return 1
  mv -T -- "$2/$4" "$1"
}
all() { act=$1; shift; while [ "$#" -gt 0 ]; do "$act" "$1" "$2" "$3" "$4" || return 1; shift 4; done; }
trap '' HUP PIPE
all swap "$@" && { all sweep "$@"; exit 0; }
all back "$@"
exit 1
`;

/** Puts the old back, wherever the switch stood, and removes the stages. */
export const BACK = `${UNITS}${STATE}
trap '' HUP PIPE
failed=0
while [ "$#" -gt 0 ]; do
  { back "$1" "$2" "$3" "$4" && sweep "$1" "$2"; } || failed=1
  shift 4
done
exit "$failed"
`;

/** Removes what a finished switch left: empty stages, and with COFRE_DROP the old. */
export const CLEAN = `${UNITS}
while [ "$#" -gt 0 ]; do
  rm -rf "$2" || exit 1
  [ -z "$COFRE_DROP" ] || rm -rf "$3" || exit 1
  shift 4
done
`;
