# ferretdb_server KEY VERSION PORT_OFFSET   told as MongoDB, whose protocol it speaks, in a version that says what it is

FERRETDB_PASSWORD='ferret'"'"'s "quoted" $HOME \ `id` ação'

ferretdb_server() {
  local key=$1 version=$2 port=$((PORT_BASE + $3)) name=shop-$1 image=ferretdb/ferretdb:$2
  compose_labels shop "$key"
  healthy_when "bash -c 'exec 3<>/dev/tcp/127.0.0.1/27017'"
  container "$name" "$image" "${COMPOSE[@]}" --hostname "$key" -e POSTGRES_USER=app -e "POSTGRES_PASSWORD=$FERRETDB_PASSWORD" \
    -v /var/lib/postgresql -p "127.0.0.1:$port:27017" "${HEALTH[@]}" -- || return
  DATABASE[$key]=$(database_json "$name" "$image" mongodb "ferretdb-$version" app "$FERRETDB_PASSWORD" '' "$port")
}
