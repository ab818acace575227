# postgres_server KEY VERSION PORT_OFFSET [file]   `file`: its password comes from POSTGRES_PASSWORD_FILE

declare -A POSTGRES_PASSWORDS=(
  [13]='thirteen'"'"'s "quoted" $HOME'
  [15]='it'"'"'s a "p$PATH" `id` \ ação'
  [17]='$(reboot); `id` && "x" | '"'"'y'"'"''
  [18]='  leading "spaces" & $1 '"'"'`#%  x'
)

postgres_server() {
  local key=$1 version=$2 port=$((PORT_BASE + $3)) source=${4:-} name=shop-$1 home=/var/lib/postgresql/data
  local password=${POSTGRES_PASSWORDS[$2]}
  local -a secret=(-e "POSTGRES_PASSWORD=$password")
  (( version < 18 )) || home=/var/lib/postgresql
  [ "$source" != file ] || secret=(-e POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password)
  compose_labels shop "$key"
  healthy_when 'pg_isready -h 127.0.0.1 -U app -d shop'
  container "$name" "postgres:$version" "${COMPOSE[@]}" --hostname "$key" --shm-size 128m \
    -e POSTGRES_USER=app "${secret[@]}" -e POSTGRES_DB=shop -v "$home" -p "127.0.0.1:$port:5432" \
    "${HEALTH[@]}" -- || return
  [ "$source" != file ] || [ "${FOUND_STATE[$name]}" != created ] || put_secret "$name" postgres_password "$password"
  DATABASE[$key]=$(database_json "$name" "postgres:$version" postgres "$version" app "$password" shop "$port")
}

put_secret() { # put_secret CONTAINER FILE TEXT   as compose mounts it: /run/secrets/FILE, readable by all
  local folder
  folder=$(mktemp -d)
  mkdir "$folder/secrets"
  printf '%s\n' "$3" > "$folder/secrets/$2"
  chmod 755 "$folder/secrets"
  chmod 444 "$folder/secrets/$2"
  dk cp -q "$folder/secrets" "$1:/run/" 2> /dev/null || dk cp "$folder/secrets" "$1:/run/" > /dev/null
  rm -rf "$folder"
}
