import type { Ran } from "../host/host.ts";
import { Fault } from "../model/fault.ts";
import type { Reach, ReachedContainer } from "./engine.ts";
import { TOOL } from "./redis-shell.ts";
import type { RedisTarget } from "./redis-target.ts";

/** How a restore reaches the target: followed live by replication, or with the target stopped and its files replaced. */
export type RestoreMethod = "live" | "files";

/** A container of the target's own image that lives for one restore: it checks and holds what will be switched in. */
export interface RestoreHelper {
  readonly name: string;
  /** Undefined when there is none, or one that has ended. */
  method(): Promise<RestoreMethod | undefined>;
  /** Starts it anew, whatever was there. The variables are read by the scripts that run inside. */
  start(method: RestoreMethod, variables: Readonly<Record<string, string>>): Promise<void>;
  /** Runs a script inside, with Redis's tools to be found by `tool`. Never carries the job's tag: it may not be stopped half-way. */
  run(
    script: string,
    options?: { readonly words?: readonly string[]; readonly stdin?: string },
  ): Promise<Ran>;
  /** The load: a copy of stdin as an RDB, checked, and served from here when the method is live. */
  readonly loadArgv: readonly [string, ...string[]];
  remove(): Promise<void>;
}

/** A helper that nobody came back to ends by itself. */
const LONGEST_LIFE_SECONDS = 86_400;
const IDLE = `trap 'exit 0' TERM INT; sleep ${LONGEST_LIFE_SECONDS} & wait`;

/**
 * Keeps the RDB in COFRE_STAGE and reads it with the checker; the output is that of CHECK. For a live restore it is then served
 * on 127.0.0.1 of the target's network to whoever knows a password that never leaves this container but into the target. The
 * server takes as many databases as the target has, so that what the target could not hold fails here.
 */
const LOAD = `${TOOL}
umask 077
check=$(tool check-rdb) || exit 127
mkdir -p "$COFRE_STAGE" && cd "$COFRE_STAGE" && cat > dump.rdb || exit 1
{ "$check" dump.rdb 2>&1; echo "cofre exit $?"; } | tail -n 60 > check
echo "cofre bytes $(wc -c < dump.rdb | tr -d ' ')" >> check
cat check
if ! grep -q '^cofre exit 0$' check; then
  grep '^.offset' check | tail -n 1 >&2
  exit 1
fi
[ "$COFRE_METHOD" = live ] || exit 0

server=$(tool server) && cli=$(tool cli) || exit 127
password=$(od -An -v -N24 -tx1 /dev/urandom | tr -d ' \\n')
printf %s "$password" > password
port=$COFRE_PORT
serve() {
  rm -f exit
  {
    printf '%s\\n' "$COFRE_MODULES"
    echo "requirepass $password"
    echo "port $1"
    echo "bind 127.0.0.1"
    echo "dir $COFRE_STAGE"
    echo "dbfilename dump.rdb"
    echo "databases $COFRE_DATABASES"
    echo "appendonly no"
    echo 'save ""'
    echo "repl-diskless-sync yes"
    echo "repl-diskless-sync-delay 3600"
    echo "repl-backlog-ttl 0"
    echo "repl-timeout 86400"
    echo "client-output-buffer-limit replica 0 0 0"
  } > redis.conf
  { "$server" redis.conf; echo "$?" > exit; } < /dev/null > log 2>&1 &
  while [ ! -e exit ]; do
    [ "$(REDISCLI_AUTH=$password "$cli" -p "$1" PING 2> /dev/null)" != PONG ] || return 0
    sleep 0.1 2> /dev/null || sleep 1
  done
  return 1
}
until serve "$port"; do
  if ! grep -q 'Address already in use' log || [ "$port" -ge "$((COFRE_PORT + 50))" ]; then
    tail -n 5 log >&2
    exit 1
  fi
  port=$((port + 1))
done
echo "$port" > port
export REDISCLI_AUTH="$password"
own() { "$cli" -p "$port" "$@" 2> /dev/null | tr -d '\\r'; }
# A master takes a new id when its first replica comes: let one come and go, before the id is written down.
"$cli" -p "$port" --rdb /dev/null < /dev/null > /dev/null 2>&1 &
first=$!
until own INFO replication | grep -q '^connected_slaves:1' || [ -e exit ]; do sleep 0.1 2> /dev/null || sleep 1; done
kill "$first"
[ "$(own CONFIG SET repl-diskless-sync-delay 0)" = OK ] || { tail -n 5 log >&2; exit 1; }
own INFO replication | sed -n 's/^master_replid://p' > replid
`;

/** The helper of one restore; its name and label carry the job's tag. */
export function restoreHelper(reach: Reach<RedisTarget>, container: ReachedContainer): RestoreHelper {
  const ground: Ground = {
    name: `cofre-restore-${reach.tag}`,
    tag: reach.tag,
    container,
    docker: (words, stdin) =>
      reach.server.run({ argv: [...container.client, ...words] }, stdin === undefined ? {} : { stdin }),
  };
  const { name, docker } = ground;
  return {
    name,
    method: () => findMethod(ground),
    start: (method, variables) => start(ground, method, variables),
    remove: () => remove(ground),
    run: (script, { words = [], stdin } = {}) =>
      docker(["exec", "-i", name, "sh", "-c", TOOL + script, "cofre", ...words], stdin ?? ""),
    loadArgv: [...container.client, "exec", "-i", name, "sh", "-c", LOAD],
  };
}

interface Ground {
  readonly name: string;
  readonly tag: string;
  readonly container: ReachedContainer;
  docker(words: readonly string[], stdin?: string): Promise<Ran>;
}

async function findMethod({ docker, name }: Ground): Promise<RestoreMethod | undefined> {
  const format = '{{.State.Running}} {{index .Config.Labels "cofre.method"}}';
  const ran = await docker(["inspect", "--type", "container", "-f", format, name]);
  if (ran.code !== 0) {
    if (/no such/i.test(ran.stderr)) return undefined;
    throw refused("looking for", name, ran);
  }
  const found = ran.stdout.trim();
  return found === "true live" ? "live" : found === "true files" ? "files" : undefined;
}

async function remove({ docker, name }: Ground): Promise<void> {
  const ran = await docker(["rm", "-f", "-v", name]);
  if (ran.code !== 0 && !/no such|already in progress/i.test(ran.stderr))
    throw refused("removing", name, ran);
}

async function start(
  ground: Ground,
  method: RestoreMethod,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const { name, tag, container, docker } = ground;
  await remove(ground);
  const env = Object.entries({ COFRE_METHOD: method, ...variables }).map(([key, value]) => `${key}=${value}`);
  const ran = await docker([
    ...["run", "-d", "--rm", "--name", name],
    ...["--network", method === "live" ? `container:${container.container}` : "none"],
    ...["--label", `cofre.job=${tag}`, "--label", `cofre.method=${method}`],
    // When memory runs out, this one goes first, not the target.
    ...["--no-healthcheck", "--oom-score-adj", "1000"],
    ...(method === "files" ? ["--volumes-from", container.container, "--user", "0"] : []),
    ...env.flatMap((variable) => ["-e", variable]),
    ...["--entrypoint", "sh", container.image, "-c", IDLE],
  ]);
  if (ran.code !== 0) throw refused("starting", name, ran);
}

function refused(doing: string, helper: string, { stderr, code }: Ran): Fault {
  const said = stderr.trim().split("\n").at(-1) || `exit code ${code}`;
  return new Fault("restore.failed", `${doing} a container beside the target failed: ${said}`, {
    hint: "The restore needs to start a container of the target's own image on its server.",
    context: { helper, stderr: stderr.slice(-1000) },
  });
}
