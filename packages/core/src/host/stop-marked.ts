import type { Command } from "./host.ts";
import type { Stop } from "./program.ts";

/**
 * Process ids of everything of the caller's own user whose environment carries a text ($1). POSIX sh with grep or tr, on
 * Linux's /proc. Busybox's grep may be built to see nothing behind the first NUL, hence the probe.
 */
const FIND = String.raw`
text=$1
if printf 'a\0b' | grep -qs b; then
  carrying() { grep -ls "$text" /proc/[0-9]*/environ 2>/dev/null; }
else
  carrying() { for f in /proc/[0-9]*/environ; do tr '\0' '\n' 2>/dev/null <"$f" | grep -qs "$text" && echo "$f"; done; }
fi 2>/dev/null
find_pids() { pids=; for f in $(carrying); do f=${"$"}{f#/proc/}; pids="$pids ${"$"}{f%/environ}"; done; }
`;

/**
 * TERM ($2) at once and after a second, KILL from the second on; at most six seconds, and the last look tells. All are
 * halted before any is told to end: a shell whose child went first would go on with its next command.
 */
const STOP = `${FIND}
signal=$2 turn=0
while find_pids; [ -n "$pids" ]; do
  turn=$((turn + 1))
  [ $turn -lt 21 ] || signal=KILL
  [ $turn -lt 60 ] || { echo "still running:$pids" >&2; exit 9; }
  case $signal$turn in TERM1 | TERM11 | KILL*) for s in STOP $signal CONT; do kill -s $s $pids 2>/dev/null; done ;; esac
  sleep 0.1 2>/dev/null || sleep 1
done`;

const LOOK = `${FIND}
find_pids; echo $pids`;

/** Stops what carries a mark (`COFRE_CALL=…`). Exits 0 when it is gone, 9 when it would not go. */
export function stopMarked(mark: string, how: Stop): Command {
  return { argv: ["sh", "-c", STOP, "sh", mark, how === "gently" ? "TERM" : "KILL"] };
}

/** Prints the process ids of what carries a mark, an empty line when nothing does. */
export function lookForMarked(mark: string): Command {
  return { argv: ["sh", "-c", LOOK, "sh", mark] };
}
