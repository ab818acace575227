/**
 * Words: a path at the target, what is to take its place, then GNU find's words for what the archive's patterns leave out. Links that into
 * the other (`cp -l`: no bytes are copied, and whichever of the two is dropped later, the other has all of it), so that the switch
 * does not take it away. Nothing is written through a link that the archive brought. Files that vanish meanwhile are no failure.
 */
export const CARRY = `
export LC_ALL=C
from=$1 to=$2
shift 2
for side in "$from" "$to"; do [ -d "$side" ] && [ ! -L "$side" ] || exit 0; done
find "$from" -mindepth 1 "$@" -exec sh -c '
from=$1 to=$2 real=$(cd "$2" && pwd -P) last=
shift 2
make() {
  [ -d "$to$1" ] && [ ! -L "$to$1" ] && return
  [ ! -e "$to$1" ] && [ ! -L "$to$1" ] || { echo "the archive has something else in the place of the folder $from$1" >&2; return 1; }
  make "\${1%/*}" && mkdir "$to$1" || return 1
  chown --reference="$from$1" "$to$1" 2> /dev/null
  chmod --reference="$from$1" "$to$1" 2> /dev/null
  true
}
safe() { make "$1" && [ "$(cd "$to$1" && pwd -P)" = "$real$1" ] || { echo "what is left out in $from$1 has no place beside the archive" >&2; return 1; }; }
for left; do
  name=\${left#"$from"}
  folder=\${name%/*}
  if [ "$folder" != "$last" ]; then safe "$folder" || exit 1; fi
  last=$folder
  cp -alf "$left" "$to$folder/" 2> /dev/null || cp -alf "$left" "$to$folder/" || { [ ! -e "$left" ] && [ ! -L "$left" ]; } || exit 1
done' carry "$from" "$to" {} +
`;
