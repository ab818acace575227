/** Asked of the target while it starts: its answer to PING, then the number of its keys. */
export const PING = `
cli=$(tool cli) || exit 127
own() { "$cli" -h "$host" -p "$port" \${user:+--user "$user"} "$@" 2>&1 | tr -d '\\r'; }
host=$1 port=$2 user=\${3-}
own PING
sum=0
for keys in $(own INFO keyspace | sed -n 's/^db[0-9]*:keys=\\([0-9]*\\),.*/\\1/p'); do sum=$((sum + keys)); done
echo "$sum"
`;

/**
 * Runs in the helper while the target is stopped. `state` is the journal: while it says "switching", `back` knows from what lies
 * where how far the switch came. Old data stays in the same file system until `done`, so that every step is a rename. `look` gives
 * up: a step whose caller was killed may still be under way here, and none begins after it.
 */
export const PUT = `
cd "$COFRE_STAGE" || exit 1
alone() {
  tries=0
  until mkdir lock 2> /dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || break
    sleep 0.1 2> /dev/null || sleep 1
  done
  trap 'rmdir lock 2> /dev/null' EXIT
}
alone
case $1 in
  put)
    [ ! -e given-up ] || exit 1
    rm -rf new old || exit 1
    if [ -n "$COFRE_PARTS" ]; then
      mkdir new && ln dump.rdb "new/$COFRE_PARTS.1.base.rdb" && : > "new/$COFRE_PARTS.1.incr.aof" || exit 1
      printf 'file %s.1.base.rdb seq 1 type b\\nfile %s.1.incr.aof seq 1 type i\\n' "$COFRE_PARTS" "$COFRE_PARTS" \
        > "new/$COFRE_PARTS.manifest" || exit 1
      chmod 700 new
    else
      ln dump.rdb new || exit 1
    fi
    owner=$(stat -c %u:%g "../$COFRE_NAME" 2> /dev/null) || owner=$(stat -c %u:%g ..)
    chown -R "$owner" new
    sync -f . 2> /dev/null || sync
    echo switching > state.new && mv state.new state || exit 1
    [ ! -e "../$COFRE_NAME" ] || mv "../$COFRE_NAME" old || exit 1
    mv new "../$COFRE_NAME"
    ;;
  look)
    true > given-up
    cat state 2> /dev/null
    ;;
  back)
    [ "$(cat state 2> /dev/null)" = switching ] || exit 0
    [ -e new ] || rm -rf "../$COFRE_NAME"
    [ ! -e old ] || mv old "../$COFRE_NAME" || exit 1
    rm -f state
    ;;
  done)
    [ ! -e given-up ] && echo done > state.new && mv state.new state
    ;;
esac
`;

/**
 * Runs on the server, the container engine's client as its words after $1 = commit or back. A worker does it and this shell
 * watches: however the worker ends, kill -9 included, the old files are put back and the container is started again.
 */
export const RESTART = `
act=$1
shift
trap '' HUP PIPE
put() { step=$1; shift; "$@" exec "$COFRE_HELPER" sh -c "$COFRE_PUT" cofre "$step"; }
up() {
  silent=0
  while [ "$silent" -lt 60 ]; do
    # Again and again: a stop that was asked for before may only now come true.
    "$@" start "$COFRE_TARGET" > /dev/null
    said=$("$@" exec -e REDISCLI_AUTH "$COFRE_TARGET" sh -c "$COFRE_PING" cofre $COFRE_LOGIN 2>&1)
    case $said in
      PONG*) keys=$(echo "$said" | tail -n 1); return 0 ;;
      *LOADING*) silent=0 ;;
      *) silent=$((silent + 1)) ;;
    esac
    sleep 1
  done
  echo "the container does not answer: $said" | head -n 1 >&2
  return 1
}
commit() {
  "$@" stop -t 120 "$COFRE_TARGET" > /dev/null || return 1
  put put "$@" || return 1
  up "$@" || return 1
  if [ "$keys" -lt "$COFRE_LEAST" ] || [ "$keys" -gt "$COFRE_MOST" ]; then
    echo "it loaded $keys keys, $COFRE_LEAST to $COFRE_MOST were expected" >&2
    return 1
  fi
  put done "$@"
}
if [ "$act" = commit ]; then
  ( commit "$@" ) &
  worker=$!
  trap 'kill "$worker"' TERM INT
  wait "$worker" && exit 0
fi
state=$(put look "$@")
if [ "$state" = switching ]; then
  "$@" stop -t 120 "$COFRE_TARGET" > /dev/null
  put back "$@"
fi
up "$@"
[ "$act" = back ] || exit 1
`;
