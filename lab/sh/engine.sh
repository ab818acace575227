# A docker engine: the machine's own when it answers, else Debian's, started here and left running.

DOCKER=(docker)
dk() { "${DOCKER[@]}" "$@"; }

engine_answers() {
  command -v docker > /dev/null || return 1
  DOCKER=(docker)
  timeout 10 docker version --format '{{.Server.Version}}' > /dev/null 2>&1 && return
  [ "$(id -u)" != 0 ] && sudo -n docker version > /dev/null 2>&1 || return 1
  DOCKER=(sudo -n docker)
}

engine() {
  engine_answers && return
  [ -z "${DOCKER_HOST:-}" ] || cannot "DOCKER_HOST is set, but no docker engine answers there"
  [ "$(uname -s)" = Linux ] || cannot "no docker engine answers, and one can be installed only on Linux: start Docker first"
  [ "$(id -u)" = 0 ] || sudo -n true 2> /dev/null || cannot "no docker engine answers, and starting one needs root: start Docker first"
  PATH=$PATH:/usr/sbin:/sbin need dockerd docker.io iptables
  need docker docker-cli docker.io
  timed "started the docker engine" start_engine || { tail -n 5 "$STATE/dockerd.log" >&2; fail "the docker engine did not start: $STATE/dockerd.log"; }
}

# A killed engine leaves its pid file, and dockerd refuses to start while that number exists, even as a zombie's.
forget_dead_engine() {
  local file=/var/run/docker.pid pid
  pid=$(cat "$file" 2> /dev/null) || return 0
  [ "$(as_root readlink "/proc/$pid/exe" 2> /dev/null | sed 's/.*\///; s/ .*//')" = dockerd ] || as_root rm -f "$file"
}

# crun starts a program in a container for half of what runc takes, and tests do that by the thousand. Where it is not to be had,
# runc serves. It refuses a machine that manages anything by control groups of both versions: what is left to the second goes to the
# first, like everything else there.
RUNTIME_WORDS=()
lighter_runtime() {
  local groups=/sys/fs/cgroup name
  command -v crun > /dev/null || install_packages crun || return 0
  for name in $(cat "$groups/unified/cgroup.controllers" 2> /dev/null); do
    as_root mkdir -p "$groups/$name" && as_root mount -t cgroup -o "$name" cgroup "$groups/$name" || return 0
  done
  RUNTIME_WORDS=(--add-runtime "crun=$(command -v crun)" --default-runtime crun)
}

start_engine() {
  local tries starts=0 pid=
  if [ -d /run/systemd/system ] && as_root systemctl start docker 2> /dev/null; then engine_answers && return; fi
  lighter_runtime
  for tries in {1..150}; do
    if [ -z "$pid" ] || { ! kill -0 "$pid" 2> /dev/null && (( starts < 5 )); }; then
      forget_dead_engine
      detached "$STATE/dockerd.log" env "PATH=$PATH:/usr/sbin:/sbin" dockerd "${RUNTIME_WORDS[@]}"
      pid=$!
      starts=$((starts + 1))
    fi
    sleep 0.2
    engine_answers && return
  done
  return 1
}

# The socket that a container must mount to drive this engine.
engine_socket() {
  case "${DOCKER_HOST:-}" in unix://*) printf '%s' "${DOCKER_HOST#unix://}" ;; *) printf /var/run/docker.sock ;; esac
}
