import { PICK } from "./mysqlish-session.ts";

/** The variable by which the dump learns who waits for its first look at the data. */
export const WAITING_VARIABLE = "COFRE_WAITING";

/** Last line of a session that counted everything. */
export const DONE = "cofre:done";

/** Whether the session got its lock. */
export const HELD = "cofre:held";
const UNHELD = "cofre:unheld";

/** Written instead of a promise: the dump did not begin in the time that writers may be held back. */
export const LATE = "cofre:late";

/**
 * $1 the client, $2 its statements that lock and open a snapshot, $3 the query that makes the counting, $4 what is asked last, then
 * the words of the client. Holds the lock of the statements until the dump has opened a snapshot of its own, so that both show one moment; holds it
 * in a session that waits for its next statement, so that the lock goes with the client whatever kills it. Its first line is the
 * process that the dump tells: no file and no SQL is needed between the two. What the server gave of a lock that it did not give whole
 * is let go at once: MySQL keeps writers out by it (seen in 9.7), and no statement that can be prepared lets go of it.
 */
export const COUNT = `${PICK}
client=$(pick $1) || exit 127
lock=$2 make=$3 last=$4
shift 4
{
  begun= unheld=
  trap 'begun=1' USR1
  trap 'begun=1 unheld=1' USR2
  printf '%s\\n' "$lock"
  printf "select '%s';\\n" "$(exec sh -c 'echo "$PPID"')"
  echo "select if(@cofre_locked, '${HELD}', '${UNHELD}');"
  counting=$(printf '%s\\n' "$make" | "$client" "$@")
  turn=0
  while [ -z "$begun" ] && [ "$turn" -lt 750 ]; do
    sleep 0.02
    turn=$((turn + 1))
  done
  [ -n "$begun" ] || echo "select '${LATE}';"
  echo 'unlock tables;'
  [ -n "$unheld" ] || printf '%s\\n' "$counting"
  printf '%s\\n' "$last" "commit;" "select '${DONE}';"
} | {
  "$client" "$@" --force
  echo "cofre:exit $?"
} | {
  counter=
  while IFS= read -r line; do
    case $line in
      "cofre:exit "*) exit "\${line#cofre:exit }" ;;
      ${UNHELD}) kill -s USR2 "$counter" ;;
    esac
    printf '%s\\n' "$line"
    : "\${counter:=$line}"
  done
  exit 1
}
`;

/**
 * $1 the dump programs, then their words. The program tells on stderr how far it is; its first table means that its snapshot is open,
 * and whoever waits for that is told. The rest of those lines is noise in a journal. The exit code is the program's own.
 */
export const DUMP = `${PICK}
dump=$(pick $1) || exit 127
shift
{
  {
    "$dump" "$@" 2>&1 >&3 3>&-
    echo "cofre:exit $?"
  } | {
    told=
    tell() {
      [ -n "$told" ] || kill -s USR1 "$${WAITING_VARIABLE}" 2> /dev/null
      told=1
    }
    while IFS= read -r line; do
      case $line in
        "cofre:exit "*)
          tell
          exit "\${line#cofre:exit }"
          ;;
        "-- Retrieving "*) tell ;;
        "-- "[Ww]arning* | [!-]* | -[!-]*) printf '%s\\n' "$line" >&2 ;;
      esac
    done
    exit 1
  } 3>&-
} 3>&1
`;
