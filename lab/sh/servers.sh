# Servers: containers with fixed names, made again when their recipe changed, started when they are down.

LABEL=cofre.lab
NETWORK=cofre-lab
OWN_VOLUME=cofre-lab-own-engine

declare -a SERVERS=()          # "SET FUNCTION ARGUMENTS...", filled by sets.sh
declare -A FOUND=() FOUND_ID=() FOUND_STATE=()   # container name -> recipe hash, id, state
declare -A DATABASE=() SSH=()  # key -> JSON without the closing brace, filled while servers are made
declare -a NAMES=() AFTER=()   # containers of this run, and what is to be done when they run

server() { SERVERS+=("$*"); }

read_containers() {
  local name state id recipe
  FOUND=() FOUND_ID=() FOUND_STATE=()
  while IFS='|' read -r name state id recipe; do
    FOUND[$name]=$recipe FOUND_STATE[$name]=$state FOUND_ID[$name]=$id
  done < <(dk ps -a --no-trunc --filter "label=$LABEL=server" --format "{{.Names}}|{{.State}}|{{.ID}}|{{.Label \"$RECIPE_LABEL\"}}")
}

# `up` without a set keeps the one that is up, and `up core` never shrinks a full lab that others use.
settled_set() {
  read_containers
  if [ "$1" = full ] || [ -n "${FOUND[$FULL_MARK]:-}" ]; then printf full; else printf core; fi
}

# container NAME IMAGE [docker options...] -- [command...]   makes it unless an equal one is there
container() {
  local name=$1 image=$2 recipe
  shift 2
  local -a options=() command=()
  while (( $# )) && [ "$1" != -- ]; do options+=("$1"); shift; done
  shift || true
  command=("$@")
  image_ready "$image" || return 1
  recipe=$(printf '%s\0' "$image" "${LABEL_OF[$image]}" "${options[@]}" -- "${command[@]}" | sha256sum | cut -c1-16)
  NAMES+=("$name")
  [ "${FOUND[$name]:-}" != "$recipe" ] || return 0
  [ -z "${FOUND[$name]:-}" ] || dk rm -fv "$name" > /dev/null
  FOUND_ID[$name]=$(dk create --name "$name" --network "$NETWORK" --label "$LABEL=server" --label "$RECIPE_LABEL=$recipe" \
    "${options[@]}" "$image" "${command[@]}") || { unset 'NAMES[-1]'; return 1; }
  FOUND[$name]=$recipe
  FOUND_STATE[$name]=created
}

# Labels as docker compose writes them.
compose_labels() { # compose_labels PROJECT SERVICE -> COMPOSE
  COMPOSE=(--label "com.docker.compose.project=$1" --label "com.docker.compose.service=$2"
    --label com.docker.compose.container-number=1 --label com.docker.compose.oneoff=False
    --label "com.docker.compose.project.working_dir=/srv/$1"
    --label "com.docker.compose.project.config_files=/srv/$1/compose.yaml")
}

# Looks often until the server answers, then seldom: a check is a process in a container, and a dozen of them every ten seconds took
# a seventh of two cores from what the lab is there for. The mark is in memory, so that a start begins anew.
healthy_when() { # healthy_when COMMAND -> HEALTH
  HEALTH=(--health-cmd "[ ! -e /dev/shm/lab-healthy ] || sleep 300; $1 && : > /dev/shm/lab-healthy"
    --health-interval 2s --health-timeout 320s --health-retries 100)
}

start_servers() {
  local name
  local -a pids=()
  for name in "${NAMES[@]}"; do
    [ "${FOUND_STATE[$name]}" != running ] || continue
    dk start "$name" > /dev/null & pids+=("$!:$name")
  done
  local pid code=0
  for pid in "${pids[@]}"; do wait "${pid%%:*}" || { missing "server ${pid#*:}"; code=1; }; done
  return "$code"
}

wait_healthy() {
  local tries waiting
  for tries in {1..600}; do
    waiting=$(dk ps -a --filter "label=$LABEL=server" --format '{{.Names}} {{.Status}}' | grep -E 'health: starting|unhealthy|Exited|Restarting' | cut -d ' ' -f 1 || true)
    [ -n "$waiting" ] || return 0
    sleep 0.2
  done
  missing "healthy $(echo $waiting)"
}

# Containers of tests that ended without cleaning up: their owner, "pid:start time", lives no more.
sweep() {
  local id owner
  while IFS='|' read -r id owner; do
    [ -n "$id" ] || continue
    [ "$(cut -d ' ' -f 22 "/proc/${owner%%:*}/stat" 2> /dev/null)" = "${owner#*:}" ] || dk rm -fv "$id" > /dev/null
  done < <(dk ps -a --filter "label=$LABEL=throwaway" --format "{{.ID}}|{{.Label \"$LABEL.owner\"}}")
}

servers() {
  local set=$1 line line_set key function arguments
  dk network inspect "$NETWORK" > /dev/null 2>&1 || dk network create --label "$LABEL=network" "$NETWORK" > /dev/null
  [ ! -d /proc/self ] || sweep
  make_keys
  read_containers
  for line in "${SERVERS[@]}"; do
    read -r line_set function key arguments <<< "$line"
    wanted "$set" "$line_set" || continue
    "$function" "$key" $arguments || missing "server $key"
  done
  timed "started servers" start_servers || true
  for line in "${AFTER[@]}"; do $line || missing "$line"; done
  timed "servers are healthy" wait_healthy
}

remove_labelled() {
  dk ps -aq --filter "label=$LABEL" | xargs -r "${DOCKER[@]}" rm -fv > /dev/null
  dk volume ls -q --filter "label=$LABEL=data" | xargs -r "${DOCKER[@]}" volume rm > /dev/null
  dk network rm "$NETWORK" > /dev/null 2>&1 || say "network $NETWORK is kept: containers that are not the lab's are in it"
}
