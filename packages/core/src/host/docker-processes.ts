import type { Calling, Host } from "./host.ts";

export interface RunningContainer {
  readonly id: string;
  readonly pid: number;
}

/** Programs that only start or watch another one. */
const STARTERS =
  "tini|docker-init|dumb-init|catatonit|s6-svscan|s6-overlay-suexec|supervisord|runsvdir|su-exec|gosu|sh|bash|ash|dash";

/**
 * One line a container, its id and a name: the main process by the server's own /proc, when the id stands in its control group (the pid may be
 * another engine's, where the socket comes from elsewhere), else by the engine's `top`. Starters give way to their child.
 * Words: the client's words, `--`, then id and pid of each container.
 */
const SCRIPT = `
client=
while [ "$1" != -- ]; do client="$client $1"; shift; done
shift
child() { first=; read -r first rest < "/proc/$1/task/$1/children"; [ -n "$first" ] && echo "$first"; } 2>/dev/null
by_proc() {
  grep -qs "$1" "/proc/$2/cgroup" || return 1
  pid=$2 turn=0
  while read -r name < "/proc/$pid/comm"; do
    case $name in ${STARTERS}) ;; *) break ;; esac
    turn=$((turn + 1)); next=$(child "$pid")
    { [ -n "$next" ] && [ $turn -lt 4 ]; } || break
    pid=$next
  done 2>/dev/null
  [ -n "$name" ] && echo "$1 $name"
}
by_top() {
  $client top "$1" -eo pid,ppid,comm 2>/dev/null | awk -v id="$1" -v at="$2" '
    NR > 1 { name[$1] = $3; if (!($2 in child)) child[$2] = $1 }
    END {
      for (turn = 0; turn < 4 && name[at] ~ /^(${STARTERS})$/ && (at in child); turn++) at = child[at]
      if (name[at] != "") print id, name[at]
    }'
}
while [ $# -gt 1 ]; do
  by_proc "$1" "$2" || by_top "$1" "$2" &
  shift 2
  [ $(($# % 16)) -gt 0 ] || wait
done
wait
exit 0`;

/** Names of main processes by container id; those that cannot be told are left out. One command whatever their number. */
export async function mainProcesses(
  { server, client }: { readonly server: Pick<Host, "run">; readonly client: readonly string[] },
  containers: readonly RunningContainer[],
  options: Calling,
): Promise<ReadonlyMap<string, string>> {
  if (containers.length === 0) return new Map();
  const words = containers.flatMap(({ id, pid }) => [id, String(pid)]);
  const ran = await server.run({ argv: ["sh", "-c", SCRIPT, "sh", ...client, "--", ...words] }, options);
  const lines = ran.stdout.split("\n").map((line) => line.split(" "));
  return new Map(lines.flatMap(([id, name]): [string, string][] => (id && name ? [[id, name]] : [])));
}
