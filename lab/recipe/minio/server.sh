# minio_server KEY VERSION PORT_OFFSET   the access key is the `user` of lab.json, the secret key its `password`

MINIO_SECRET='minio "secret" $1 `id`/+='

minio_server() {
  local key=$1 version=$2 port=$((PORT_BASE + $3)) name=shop-$1 image=minio/minio:$2
  compose_labels shop "$key"
  healthy_when "$(http_health 9000 /minio/health/ready)"
  container "$name" "$image" "${COMPOSE[@]}" --hostname "$key" -e MINIO_ROOT_USER=shopadmin -e "MINIO_ROOT_PASSWORD=$MINIO_SECRET" \
    -v /data -p "127.0.0.1:$port:9000" "${HEALTH[@]}" -- server /data || return
  DATABASE[$key]=$(database_json "$name" "$image" minio "$version" shopadmin "$MINIO_SECRET" '' "$port")
}

http_health() { # http_health PORT PATH   a health check without curl
  printf "bash -c 'exec 3<>/dev/tcp/127.0.0.1/%s; printf \"GET %s HTTP/1.1\\\\r\\\\nHost: localhost\\\\r\\\\nConnection: close\\\\r\\\\n\\\\r\\\\n\" >&3; read -r _ code _ <&3; [ \"\$code\" = 200 ]'" "$1" "$2"
}
