#!/usr/bin/env bash
# FerretDB with the PostgreSQL behind it, as one server: POSTGRES_USER and POSTGRES_PASSWORD log in, as in the official evaluation image.
set -Eeuo pipefail
export PATH=$PATH:/usr/lib/postgresql/18/bin
READY=/usr/share/ferretdb/cluster DATA=/var/lib/postgresql/data

start_postgres() { gosu postgres pg_ctl -D "$1" -s -w -l "$1/log" start; }
stop_postgres() { gosu postgres pg_ctl -D "$1" -s -w -m fast stop; }
sql() { gosu postgres psql -qX -v ON_ERROR_STOP=1 "$@"; }

prepare() {
  install -d -o postgres -g postgres -m 700 /usr/share/ferretdb "$READY"
  install -d -o postgres -g postgres -m 3777 /var/run/postgresql
  gosu postgres initdb -D "$READY" --auth=trust --no-sync > /dev/null
  cat /usr/local/bin/postgres-settings.conf >> "$READY/postgresql.conf"
  start_postgres "$READY"
  sql <<< 'create extension documentdb cascade; vacuum freeze;'
  stop_postgres "$READY"
}

make_user() {
  sql -v name="$POSTGRES_USER" -v password="$POSTGRES_PASSWORD" <<< "create role :\"name\" superuser login password :'password';"
}

serve() {
  local fresh=
  if [ ! -s "$DATA/PG_VERSION" ]; then
    : "${POSTGRES_USER:?is not set}" "${POSTGRES_PASSWORD:?is not set}"
    fresh=yes
    rm -rf "$DATA.new"
    cp -a "$READY" "$DATA.new"
    mv "$DATA.new" "$DATA"
  fi
  rm -f "$DATA/postmaster.pid"
  start_postgres "$DATA"
  [ -z "$fresh" ] || make_user
  "$@" --telemetry=disable --listen-addr=:27017 --debug-addr=- --log-level=warn --state-dir=/tmp \
    --postgresql-url='postgres://postgres@/postgres?host=/var/run/postgresql' &
  trap "kill -TERM $!" TERM INT
  wait -n || true
  trap '' TERM INT
  wait || true
  stop_postgres "$DATA"
}

case "$1" in
  prepare) prepare ;;
  ferretdb) serve "$@" ;;
  *) exec "$@" ;;
esac
