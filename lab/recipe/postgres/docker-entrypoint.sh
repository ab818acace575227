#!/usr/bin/env bash
# Stands in for the official image's entrypoint: the same variables, paths, users and order of events.
set -Eeuo pipefail
READY=/usr/share/lab-data

file_env() { # file_env NAME DEFAULT   reads NAME, or the file that NAME_FILE names
  local name=$1 value=$2 file="${1}_FILE"
  if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then echo >&2 "error: both $name and $file are set (but are exclusive)"; exit 1; fi
  if [ -n "${!name:-}" ]; then value=${!name}; elif [ -n "${!file:-}" ]; then value=$(< "${!file}"); fi
  export "$name"="$value"
  unset "$file"
}

as_postgres() {
  [ "$(id -u)" = 0 ] || return 0
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 00700 "$PGDATA"
  chmod 03775 /var/run/postgresql
  find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  exec gosu postgres "$0" "$@"
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) psql_here < "$file" ;;
      *.sql.gz) gunzip -c "$file" | psql_here ;;
    esac
  done
}

psql_here() { PGHOST='' psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc -U "$POSTGRES_USER" -d "$POSTGRES_DB"; }

initialise() {
  file_env POSTGRES_PASSWORD ''
  file_env POSTGRES_USER postgres
  file_env POSTGRES_DB "$POSTGRES_USER"
  file_env POSTGRES_INITDB_ARGS ''
  if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo >&2 'Error: Database is uninitialized and superuser password is not specified.'
    exit 1
  fi
  if is_usual; then
    cp -a "$READY/." "$PGDATA/"
    first_statements | postgres --single -F -j -D "$PGDATA" "${@:2}" postgres > /dev/null
  else
    initialise_at_length "$@"
  fi
  local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "${@:2}")}
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

# The cluster that the image has is what initdb would make, but for the names.
is_usual() {
  case "$POSTGRES_INITDB_ARGS" in '' | --no-sync) ;; *) return 1 ;; esac
  ! compgen -G '/docker-entrypoint-initdb.d/*' > /dev/null
}

text() { printf "E'%s'" "$(sed "s/'/''/g; s/\\\\/\\\\\\\\/g" <<< "$1")"; }
name() { printf '"%s"' "${1//\"/\"\"}"; }

# An empty line ends each. A session cannot rename its own user, but its catalogue can.
first_statements() {
  printf 'update pg_authid set rolname = %s where oid = 10;\n\n' "$(text "$POSTGRES_USER")"
  [ -z "$POSTGRES_PASSWORD" ] || printf 'alter role %s password %s;\n\n' "$(name "$POSTGRES_USER")" "$(text "$POSTGRES_PASSWORD")"
  [ "$POSTGRES_DB" = postgres ] || printf 'create database %s;\n\n' "$(name "$POSTGRES_DB")"
}

initialise_at_length() {
  eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
  PGUSER=$POSTGRES_USER pg_ctl -D "$PGDATA" -o "$(printf '%q ' "${@:2}" -c listen_addresses= -p 5432)" -w start
  if [ "$POSTGRES_DB" != postgres ]; then
    PGHOST='' psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db";'
  fi
  run_init_files
  PGUSER=$POSTGRES_USER pg_ctl -D "$PGDATA" -m fast -w stop
}

[ "${1:0:1}" != - ] || set -- postgres "$@"
if [ "${1:-}" = postgres ]; then
  as_postgres "$@"
  [ -s "$PGDATA/PG_VERSION" ] || initialise "$@"
fi
exec "$@"
