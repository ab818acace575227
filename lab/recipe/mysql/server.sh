# mysql_server KEY VERSION PORT_OFFSET

MYSQL_SHOP_PASSWORD='nine'"'"'s "quoted" $HOME \ `id` ação #'

mysql_server() {
  local key=$1 version=$2 port=$((PORT_BASE + $3)) name=shop-$1 root="root $MYSQL_SHOP_PASSWORD"
  compose_labels shop "$key"
  healthy_when 'mysqladmin -h 127.0.0.1 ping'
  container "$name" "mysql:$version" "${COMPOSE[@]}" --hostname "$key" -e MYSQL_DATABASE=shop -e MYSQL_USER=app \
    -e "MYSQL_PASSWORD=$MYSQL_SHOP_PASSWORD" -e "MYSQL_ROOT_PASSWORD=$root" -v /var/lib/mysql -p "127.0.0.1:$port:3306" \
    "${HEALTH[@]}" -- || return
  DATABASE[$key]=$(database_json "$name" "mysql:$version" mysql "$version" app "$MYSQL_SHOP_PASSWORD" shop "$port")
  DATABASE[$key]+=", \"rootPassword\": $(json "$root")"
}
