#!/usr/bin/env bash
# The laboratory: real database and SSH servers in containers, for tests and development. See README.md.
set -euo pipefail
(( BASH_VERSINFO[0] >= 5 )) || { echo "lab: needs bash 5 or newer, this is $BASH_VERSION" >&2; exit 3; }

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
STATE=${LAB_STATE:-$LAB_DIR/.state}
PORT_BASE=${LAB_PORT_BASE:-30500}
STARTED=${EPOCHREALTIME/[.,]/}

. "$LAB_DIR/sh/base.sh"
. "$LAB_DIR/sh/engine.sh"
. "$LAB_DIR/sh/go.sh"
. "$LAB_DIR/sh/images.sh"
. "$LAB_DIR/sh/servers.sh"
. "$LAB_DIR/sh/describe.sh"
for recipe in "$LAB_DIR"/recipe/*/server.sh; do . "$recipe"; done
. "$LAB_DIR/sets.sh"

usage() {
  cat <<'TEXT'
usage: lab.sh up [core|full]      start every server of the set (default: the set that is up, else core)
       lab.sh images [core|full]  only build or pull the images
       lab.sh status              what runs
       lab.sh down                remove the servers and their data, keep the images
       lab.sh nuke                remove everything, images included
       lab.sh browser             install Chromium and fonts on this machine
exit:  0 done, 1 something failed, 3 this machine cannot (the message says what is missing)
TEXT
}

# What tests of this machine's own files look with.
tools() {
  local program
  for program in setfattr:attr setfacl:acl busybox:busybox; do
    command -v "${program%:*}" > /dev/null && continue
    timed "installed ${program#*:}" install_packages "${program#*:}" || missing "program ${program%:*}"
  done
}

up() {
  local set=$1
  engine
  set=$(settled_set "$set")
  tools
  images "$set"
  servers "$set"
  describe "$set"
  finish "$set is up: $STATE/lab.json"
}

down() {
  engine_answers || { say "no docker engine runs: nothing to remove"; rm -f "$STATE/lab.json"; return; }
  remove_labelled
  rm -f "$STATE/lab.json"
  say "servers and their data removed"
}

# An image goes only after those that were built on it, and may take its own unnamed parents along.
remove_images() {
  local left before=
  while left=$(dk image ls --filter label=cofre.lab.recipe -q | sort -u) && [ -n "$left" ]; do
    [ "$left" != "$before" ] || fail "these images could not be removed: ${left//$'\n'/ }"
    before=$left
    xargs -r "${DOCKER[@]}" rmi -f <<< "$left" > /dev/null 2>&1 || true
  done
}

nuke() {
  down
  engine_answers || return 0
  dk volume rm -f "$OWN_VOLUME" > /dev/null
  remove_images
  rm -f "$STATE"/hub "$STATE"/build-*.log
  say "images removed"
}

status() {
  engine_answers || cannot "no docker engine answers: run $LAB_DIR/lab.sh up"
  dk ps -a --filter label=cofre.lab --format 'table {{.Names}}\t{{.Image}}\t{{.Status}}\t{{.Ports}}'
}

main() {
  local command=${1:-help} set=${2:-}
  case "$set" in ''|core|full) ;; *) usage >&2; exit 1 ;; esac
  case "$command" in help|-h|--help) usage; return ;; up|images|down|nuke|status|browser) ;; *) usage >&2; exit 1 ;; esac
  mkdir -p "$STATE"
  if [ "$command" = status ]; then status; return; fi
  one_at_a_time
  case "$command" in
    up) up "$set" ;;
    images) engine; images "${set:-core}"; finish "images of ${set:-core}" ;;
    down) down ;;
    nuke) nuke ;;
    browser) browser ;;
  esac
}

main "$@"
