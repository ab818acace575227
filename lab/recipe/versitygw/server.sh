# versitygw_server KEY VERSION PORT_OFFSET   the access key is the `user` of lab.json, the secret key its `password`

VERSITYGW_SECRET='other "secret" $1 `id`/+='

versitygw_server() {
  local key=$1 version=$2 port=$((PORT_BASE + $3)) name=shop-$1 image=versity/versitygw:$2
  compose_labels shop "$key"
  healthy_when "$(http_health 7070 /health)"
  container "$name" "$image" "${COMPOSE[@]}" --hostname "$key" -e ROOT_ACCESS_KEY=shopother -e "ROOT_SECRET_KEY=$VERSITYGW_SECRET" \
    -v /data -p "127.0.0.1:$port:7070" "${HEALTH[@]}" -- || return
  DATABASE[$key]=$(database_json "$name" "$image" versitygw "$version" shopother "$VERSITYGW_SECRET" '' "$port")
}
