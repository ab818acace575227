/**
 * Runs inside the target: follow the sidecar on $4 until its data is here, then stand alone. A worker does it and this shell
 * watches: however the worker ends, kill -9 included, the target is told to stand alone and gets its settings back. REPLICAOF is
 * never written to the target's config file, so whatever kills both of them with the target makes it a master again.
 */
export const SWITCH = `
host=$1 port=$2 user=$3 side=$4
cli=$(tool cli) || exit 127
trap '' HUP PIPE
own() { "$cli" -h "$host" -p "$port" \${user:+--user "$user"} "$@"; }
# A program that is frozen takes connections and never answers.
brief() { "$@"; }
if timeout 1 true 2> /dev/null; then brief() { timeout 10 "$@"; }; fi
state() { brief "$cli" -h "$host" -p "$port" \${user:+--user "$user"} INFO replication 2> /dev/null | tr -d '\\r'; }
# The first sync of the sidecar was its own.
syncs() (
  export REDISCLI_AUTH="$COFRE_SIDE"
  full=$(brief "$cli" -p "$side" INFO stats 2> /dev/null | tr -d '\\r' | sed -n 's/^sync_full://p')
  [ -z "$full" ] || echo "$((full - 1))"
)
saved() { own CONFIG GET "$1" | { IFS= read -r name && [ "$name" = "$1" ] && cat; }; }
put() { [ "$(printf %s "$2" | own -x CONFIG SET "$1")" = OK ] || { echo "CONFIG SET $1 was refused" >&2; return 1; }; }
pause() { sleep 0.1 2> /dev/null || sleep 1; }

password=$(saved masterauth) && name=$(saved masteruser) && only=$(saved replica-read-only) && diskless=$(saved repl-diskless-load) || {
  echo "CONFIG GET was refused" >&2
  exit 1
}

follow() {
  put replica-read-only yes && put repl-diskless-load disabled && put masteruser '' && put masterauth "$COFRE_SIDE" || return 1
  said=$(own REPLICAOF 127.0.0.1 "$side")
  [ "$said" = OK ] || { echo "REPLICAOF was refused: $said" >&2; return 1; }
  seen=$(date +%s) heard=$seen moved=$seen
  while :; do
    pause
    now=$(state) tries=$(syncs) clock=$(date +%s)
    case $now in *master_link_status:up*)
      case $now in *master_sync_in_progress:0*) return 0 ;; esac ;;
    esac
    case $now in '' | *master_sync_in_progress:1*) moved=$clock ;; esac
    [ -z "$now" ] || seen=$clock
    [ -z "$tries" ] || heard=$clock
    if [ "\${tries:-0}" -gt 3 ]; then echo "the target began the sync $tries times and could not end it: look at its log, memory and disk" >&2; return 1; fi
    if [ "$((clock - heard))" -gt 30 ]; then echo "the copy beside the target stopped answering" >&2; return 1; fi
    if [ "$((clock - moved))" -gt 60 ]; then echo "the target does not begin to copy" >&2; return 1; fi
    if [ "$((clock - seen))" -gt 600 ]; then echo "the target stopped answering" >&2; return 1; fi
  done
}

( follow ) &
worker=$!
trap 'kill "$worker"' TERM INT
wait "$worker"
code=$?
silent=0
while [ "$silent" -lt 100 ]; do
  now=$(state)
  case $now in
    *role:master*) break ;;
    *master_host:127.0.0.1*master_port:"$side"*) silent=0; own REPLICAOF NO ONE > /dev/null ;;
    *role:slave*) break ;;
    *) silent=$((silent + 1)) ;;
  esac
  pause
done
put masterauth "$password"
put masteruser "$name"
put replica-read-only "$only"
put repl-diskless-load "$diskless"
exit "$code"
`;
