#!/bin/sh
# Stands in for the official image's entrypoint. Official builds listen unprotected: so does this one, unless told.
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then set -- redis-server "$@"; fi
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' +
  exec gosu redis "$0" "$@"
fi
if [ "$(umask)" = 0022 ]; then umask 0077; fi
case "$1 $*" in
  "redis-server "*--protected-mode*) ;;
  "redis-server "*) set -- "$@" --protected-mode no ;;
esac
exec "$@"
