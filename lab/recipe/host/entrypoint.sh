#!/bin/sh
# A "server": sshd, and with LAB_DOCKERD a docker engine of its own.
set -eu
ssh-keygen -A > /dev/null
[ -z "${LAB_PASSWORDS:-}" ] || printf '%s\n' "$LAB_PASSWORDS" | chpasswd
if id deploy > /dev/null 2>&1; then chown root:deploy /opt/backups; chmod 775 /opt/backups; fi

if [ -S /var/run/docker.sock ] && gid=$(stat -c %g /var/run/docker.sock) && [ "$gid" != 0 ]; then
  groupmod -o -g "$gid" docker
fi

own_engine() {
  while :; do
    rm -f /var/run/docker.pid /run/docker/containerd/*.pid /run/docker/containerd/*.sock
    dockerd $LAB_DOCKERD >> /var/log/dockerd.log 2>&1 || true
    sleep 1
  done
}
if [ -n "${LAB_DOCKERD:-}" ]; then own_engine & fi

exec /usr/sbin/sshd -D -e
