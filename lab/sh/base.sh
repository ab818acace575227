# Words every part uses: what is said, how things end, JSON, the lock, packages of this machine.

FAILURES=()
LOCK_FD=

seconds_since() { local us=$(( ${EPOCHREALTIME/[.,]/} - $1 )); printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10)); }
say() { printf 'lab %6ss  %s\n' "$(seconds_since "$STARTED")" "$*" >&2; }
cannot() { printf 'lab: cannot here: %s\n' "$*" >&2; exit 3; }
fail() { printf 'lab: failed: %s\n' "$*" >&2; exit 1; }

# timed "what" command...   says what was done and how long it took, only when it took a while
timed() {
  local what=$1 from=${EPOCHREALTIME/[.,]/} code=0
  shift
  "$@" || code=$?
  if (( code )); then say "$what: FAILED"; return "$code"; fi
  (( ${EPOCHREALTIME/[.,]/} - from < 300000 )) || say "$what ($(seconds_since "$from") s)"
}

# A server that could not be had is a warning on a laptop and a failure in CI.
missing() {
  FAILURES+=("$1")
  say "MISSING $1"
}

finish() {
  if (( ${#FAILURES[@]} )); then
    if [ "${CI:-}" = true ]; then fail "this run needs every server, and lacks: ${FAILURES[*]}"; fi
    say "$1, WITHOUT ${FAILURES[*]}"
    return
  fi
  say "$1"
}

json() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "$text"
}

json_list() {
  local out='' item
  for item in "$@"; do out+="${out:+, }$(json "$item")"; done
  printf '[%s]' "$out"
}

# One lab per machine: whoever comes second waits for the first, also from another checkout.
one_at_a_time() {
  local file=/var/lock/cofre-lab.lock
  [ "$(id -u)" = 0 ] || file=${XDG_RUNTIME_DIR:-/tmp}/cofre-lab-$(id -u).lock
  command -v flock > /dev/null || { say "no flock here: do not run two at once"; return 0; }
  exec {LOCK_FD}> "$file"
  flock -n "$LOCK_FD" || { say "waiting for another lab.sh"; flock -w 1800 "$LOCK_FD" || fail "another lab.sh has held $file for 30 minutes"; }
}

# Starts a command that must outlive this script, without the lock and without a terminal.
detached() {
  local log=$1
  shift
  if [ "$(id -u)" != 0 ]; then set -- sudo -n "$@"; fi
  ( [ -z "$LOCK_FD" ] || exec {LOCK_FD}>&-; exec setsid nohup "$@" >> "$log" 2>&1 < /dev/null ) &
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

may_install() {
  command -v apt-get > /dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2> /dev/null; }
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -q --no-install-recommends "$@"
}

# install_packages NAME...   on this machine; package lists are refreshed only when they are too old to serve
install_packages() {
  local log=$STATE/apt.log tries
  may_install || return 1
  apt_install "$@" > "$log" 2>&1 && return
  for tries in 1 2 3; do
    as_root apt-get update -q >> "$log" 2>&1 && apt_install "$@" >> "$log" 2>&1 && return
    sleep $((tries * 3))
  done
  tail -n 5 "$log" >&2
  return 1
}

need() { # need PROGRAM PACKAGE...
  local program=$1
  shift
  command -v "$program" > /dev/null && return
  timed "installed $*" install_packages "$@" || cannot "$program is missing and $* could not be installed (needs root, apt and a network)"
}

browser() {
  if command -v chromium > /dev/null && fc-list 2> /dev/null | grep -qi 'noto color emoji'; then say "browser is here"; return; fi
  timed "installed chromium and fonts" install_packages chromium fonts-noto-color-emoji fonts-liberation fontconfig \
    || cannot "chromium could not be installed (needs root, apt and a network): $STATE/apt.log"
}
