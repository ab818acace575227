# mariadb_server KEY VERSION PORT_OFFSET [file]   `file`: its root password comes from MARIADB_ROOT_PASSWORD_FILE

declare -A MARIADB_PASSWORDS=(
  [10.11]='ten'"'"'s "quoted" $HOME \ ação'
  [11.8]='$(reboot); `id` && "x" | '"'"'y'"'"' # %'
)

mariadb_server() {
  local key=$1 version=$2 port=$((PORT_BASE + $3)) source=${4:-} name=shop-$1 password=${MARIADB_PASSWORDS[$2]}
  local root="root $password"
  local -a secret=(-e "MARIADB_ROOT_PASSWORD=$root")
  [ "$source" != file ] || secret=(-e MARIADB_ROOT_PASSWORD_FILE=/run/secrets/mariadb_root_password)
  compose_labels shop "$key"
  healthy_when 'mariadb-admin -h 127.0.0.1 ping'
  container "$name" "mariadb:$version" "${COMPOSE[@]}" --hostname "$key" -e MARIADB_DATABASE=shop -e MARIADB_USER=app \
    -e "MARIADB_PASSWORD=$password" "${secret[@]}" -v /var/lib/mysql -p "127.0.0.1:$port:3306" \
    "${HEALTH[@]}" -- || return
  [ "$source" != file ] || [ "${FOUND_STATE[$name]}" != created ] || put_secret "$name" mariadb_root_password "$root"
  DATABASE[$key]=$(database_json "$name" "mariadb:$version" mariadb "$version" app "$password" shop "$port")
  DATABASE[$key]+=", \"rootPassword\": $(json "$root")"
}
