# redis_server KEY VERSION PORT_OFFSET [plain]   `plain`: no password and no AOF, only snapshots

declare -A REDIS_PASSWORDS=(
  [6]='six "quotes" and $HOME'
  [7]='redis '"'"'p"w$1 `id` \ ção'
  [8]='eight; $(reboot) '"'"'x'"'"' #'
)

redis_server() {
  local key=$1 version=$2 port=$((PORT_BASE + $3)) plain=${4:-} name=shop-$1 password=
  local -a command=(redis-server --save 60 1)
  if [ -z "$plain" ]; then
    password=${REDIS_PASSWORDS[$version]}
    command=(redis-server --appendonly yes --requirepass "$password")
  fi
  compose_labels shop "$key"
  healthy_when 'redis-cli ping | grep -qE "PONG|NOAUTH"'
  container "$name" "redis:$version" "${COMPOSE[@]}" --hostname "$key" -v /data -p "127.0.0.1:$port:6379" \
    "${HEALTH[@]}" -- "${command[@]}" || return
  DATABASE[$key]=$(database_json "$name" "redis:$version" redis "$version" '' "$password" '' "$port")
}
