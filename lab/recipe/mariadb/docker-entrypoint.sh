#!/usr/bin/env bash
# Stands in for the official image's entrypoint: the same variables, paths and users.
set -Eeuo pipefail

setting() { # setting NAME   MARIADB_NAME, the file that MARIADB_NAME_FILE names, or the same with MYSQL_
  local brand name file
  for brand in MARIADB MYSQL; do
    name=${brand}_$1 file=${brand}_$1_FILE
    if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then echo >&2 "[ERROR] [Entrypoint]: Both $name and $file are set (but are exclusive)"; exit 1; fi
    if [ -n "${!name:-}" ]; then printf %s "${!name}"; return; fi
    if [ -n "${!file:-}" ]; then printf %s "$(< "${!file}")"; return; fi
  done
}

text() { # text STRING -> an SQL string
  local string=${1//\\/\\\\}
  printf "'%s'" "${string//\'/\'\'}"
}

name() { printf '`%s`' "${1//\`/\`\`}"; }

first_statements() { # first_statements ROOT_PASSWORD DATABASE USER PASSWORD   one a line: the server runs them before it listens
  echo "SET NAMES utf8mb4;"
  echo "ALTER USER root@localhost IDENTIFIED BY $(text "$1");"
  echo "CREATE USER root@'%' IDENTIFIED BY $(text "$1");"
  echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
  [ -z "$2" ] || echo "CREATE DATABASE $(name "$2");"
  [ -z "$3" ] || echo "CREATE USER $(text "$3")@'%' IDENTIFIED BY $(text "$4");"
  [ -z "$2" ] || [ -z "$3" ] || echo "GRANT ALL ON $(name "${2//_/\\_}").* TO $(text "$3")@'%';"
}

[ "${1:0:1}" != - ] || set -- mariadbd "$@"
if [ "${1:-}" = mariadbd ] && [ "$(id -u)" = 0 ]; then
  mkdir -p /var/lib/mysql /run/mysqld
  find /var/lib/mysql /run/mysqld \! -user mysql -exec chown mysql: '{}' +
  exec gosu mysql "$0" "$@"
fi
if [ "${1:-}" = mariadbd ] && [ ! -d /var/lib/mysql/mysql ]; then
  root_password=$(setting ROOT_PASSWORD)
  if [ -z "$root_password$(setting ALLOW_EMPTY_ROOT_PASSWORD)$(setting ALLOW_EMPTY_PASSWORD)" ]; then
    echo >&2 '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified'
    exit 1
  fi
  cp -a /usr/share/lab-data/. /var/lib/mysql/
  exec 9<<< "$(first_statements "$root_password" "$(setting DATABASE)" "$(setting USER)" "$(setting PASSWORD)")"
  set -- "$@" --init-file=/dev/fd/9
fi
exec "$@"
