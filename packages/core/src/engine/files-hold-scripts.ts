/** Where journals of held containers lie, so that they survive a restart of the server. */
export const HELD = "/var/tmp/cofre-held-";

const RELEASE = `
state() { "$@" inspect --type container -f '{{.State.Status}}' "$id" 2>&1; }
release() {
  left=
  for id in $(cat "$held/ids" 2> /dev/null); do
    case $(state "$@") in
      running | *o\\ such*) continue ;;
      paused) "$@" unpause "$id" > /dev/null ;;
      *) "$@" start "$id" > /dev/null ;;
    esac
    [ "$(state "$@")" = running ] || left="$left $id"
  done
  [ -z "$left" ]
}
`;

/**
 * Stops or pauses containers and starts them again when its stdin ends: that is a pipe which only the dump's shell holds, so however
 * that ends, kill -9 included, they start. So they do when it takes too long. It runs in a session of its own without the job's tag,
 * and so is not killed with the job. Each container is written down before it is touched. Words: the journal's folder, pause or stop,
 * the containers' ids, the longest time in seconds, the client.
 */
export const GUARD = `${RELEASE}
held=$1 act=$2 ids=$3 longest=$4
shift 4
trap '' HUP INT TERM PIPE
hold() {
  for id in $ids; do
    [ "$(state "$@")" = running ] || continue
    echo "$id" >> "$held/ids" && sync || return 1
    if [ "$act" = pause ]; then "$@" pause "$id" > /dev/null; else "$@" stop -t 60 "$id" > /dev/null; fi || return 1
  done
}
echo "$*" > "$held/client"
echo "$$" > "$held/pid"
if hold "$@"; then
  echo held > "$held/state"
  timeout "$longest" cat > /dev/null || echo early > "$held/state"
else
  echo failed > "$held/state"
fi
tries=0
until release "$@"; do
  tries=$((tries + 1))
  [ "$tries" -lt 2000 ] || exit 1
  if [ "$tries" -lt 60 ]; then sleep 1; else sleep 30; fi
done
[ "$(cat "$held/state")" = held ] || cat > /dev/null
rm -rf "$held"
`;

/** Starts what guards left that died with the server. Waits for those that are at work when a job (COFRE_HELD) was ended just now. */
export const START_AGAIN = `${RELEASE}
works() { pid=$(cat "$held/pid" 2> /dev/null) && [ "$pid" ] && grep -q "$held" "/proc/$pid/cmdline" 2> /dev/null; }
for held in ${HELD}*; do
  [ -d "$held" ] && [ ! -L "$held" ] && [ -O "$held" ] && [ -e "$held/client" ] || continue
  tries=0
  while [ "$held" = "$COFRE_HELD" ] && works && [ "$tries" -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
  works || ! [ -d "$held" ] || { release $(cat "$held/client") && rm -rf "$held"; }
done
`;

/** Before the dump's first byte: nothing without COFRE_HOLD. A copy of fd 7 would keep the containers held: only this shell has it. */
export const HOLD = `
held=$COFRE_HELD
if [ "$COFRE_HOLD" ]; then
  mkdir -m 700 "$held" && mkfifo "$held/alive" || exit 1
  own=$(command -v setsid)
  env -u COFRE_JOB -u COFRE_HELD -u COFRE_GUARD $own sh -c "$COFRE_GUARD" guard "$held" "$COFRE_HOLD" "$COFRE_IDS" "$COFRE_LONGEST" $COFRE_CLIENT \\
    < "$held/alive" > "$held/log" 2>&1 &
  guard=$!
  exec 7> "$held/alive"
  until [ -s "$held/state" ]; do
    kill -0 "$guard" 2> /dev/null || { echo "nobody would start the containers again" >&2; exit 1; }
    sleep 0.1 2> /dev/null || sleep 1
  done
fi
let_go() {
  [ "$COFRE_HOLD" ] || return 0
  found=$(cat "$held/state")
  said=$(tail -n 1 "$held/log")
  exec 7>&-
  tries=0
  while [ -d "$held" ] && [ "$tries" -lt 120 ]; do tries=$((tries + 1)); sleep 0.1 2> /dev/null || sleep 1; [ "$tries" -lt 50 ] || sleep 1; done
  case $found in
    failed) echo "cofre: the containers could not be held: $said" >&2; return 1 ;;
    early) echo "cofre: the containers were started again before the dump was over: it took too long" >&2 ;;
  esac
  [ ! -d "$held" ] || { echo "cofre: containers are not running again: $(tr '\\n' ' ' < "$held/ids")" >&2; return 1; }
}
if [ "$COFRE_HOLD" ] && [ "$(cat "$held/state")" = failed ]; then let_go; exit 1; fi
`;
