# What is asked of jobs from outside; answers are lines of a key and its value, bytes as hex.

# fault WHAT PATH WORDS: why an action was refused, with the space on that disk.
fault() {
  echo "fault $1"
  echo path && printf %s "$2" | hex
  echo words && printf %s "$3" | hex
  there=$2
  until [ -e "$there" ] || [ -z "$there" ]; do there=${there%/*}; done
  df -Pk "${there:-/}" 2> /dev/null | awk 'NR == 2 { print "space", $4 * 1024, $2 * 1024 }'
}

refuse() {
  fault "$@"
  exit 0
}

refuse_foreign() { # the journal of another owner is never touched
  first_line "$D/owner"
  [ -z "$owner" ] || [ -z "$line" ] || [ "$line" = "$owner" ] || refuse owner "$D" "$line"
}

make_journal() {
  LC_ALL=C
  export LC_ALL
  [ -d "$journals" ] || mkdir -p "$journals" || exit 11
  mkdir "$D" || { [ -d "$D" ] && exit 12 || exit 11; }
  fill_journal || { rm -rf "$D" && exit 11; }
  [ -z "$output" ] || check_output || { gone=$? && rm -rf "$D" && exit "$gone"; }
  [ -z "$input" ] || true < "$input" || { rm -rf "$D" && exit 16; }
}

fill_journal() {
  identify $$ && echo "$$ $identity" > "$D/starter" && echo "$owner" > "$D/owner" &&
    printf '%s\n' "$body" > "$D/job" && printf '%s\n' "$spec" > "$D/spec" &&
    printf "%${WORDS}s" '' > "$D/err" && printf '%4096s' '' > "$D/room" || return 1
  case $(tail -c 40 "$D/job") in
  *"
# the end") ;;
  *) return 1 ;;
  esac
}

check_output() {
  [ ! -e "$output" ] && [ ! -h "$output" ] || return 13
  [ -d "${output%/*}/" ] || return 14
  set -C
  true > "$partial" || return 15
  set +C
}

start() {
  D=$journals/$id
  words=$(make_journal 2>&1 > /dev/null)
  case $? in
  0) [ "$mode" != detached ] || launch ;;
  11) refuse journals "$journals" "$words" ;;
  12) attach ;;
  13) refuse exists "$output" "$words" ;;
  14) refuse folder "${output%/*}" "$words" ;;
  16) refuse input "$input" "$words" ;;
  *) refuse output "${output%/*}" "$words" ;;
  esac
  work_done= # nobody compares the sign of life of a start
  show_one
}

attach() {
  refuse_foreign
  [ "$mode" = detached ] || refuse again "$D" ''
  tries=0
  until [ -e "$D/pid" ] || [ -e "$D/status" ] || [ "$tries" -ge 50 ]; do
    pause 0.1
    tries=$((tries + 1))
  done
}

launch() {
  away=
  ! has setsid || away=setsid
  unset COFRE_JOB COFRE_CALL
  printf '%s\n' "$secrets" | $away sh "$D/job" run "$D" detached > /dev/null 2>&1 &
  secrets= tries=0
  until [ -e "$D/pid" ] || [ "$tries" -ge 250 ]; do
    pause 0.02
    tries=$((tries + 1))
  done
}

show_all() {
  runners= work_done=
  for D in "$@"; do
    first_line "$D/pid"
    [ -e "$D/status" ] || runners="$runners ${line%% *}"
  done
  [ -z "$runners" ] || sum_work $runners
  for D in "$@"; do show_one; done
}
show() { show_all "$D"; }

show_one() {
  id=${D##*/}
  echo "job $id"
  if [ ! -d "$D" ]; then
    echo "state absent"
  elif [ -e "$D/status" ] || ! show_running; then
    while IFS= read -r line; do printf '%s\n' "$line"; done < "$D/status"
    show_kept companion
    show_kept observed
    show_kept printed
  fi
  show_words
  echo "end $id"
}

# The head was made of blanks: one that still is says nothing.
show_words() {
  first_line "$D/err"
  case $line in
  *[!\ ]*) show_kept err ;;
  *) [ "${#line}" -ge "$WORDS" ] || show_kept err ;;
  esac
  [ ! -s "$D/err.tail" ] || {
    echo tail
    hex < "$D/err.tail"
  }
}

show_kept() {
  [ ! -e "$D/$1" ] || echo "$1"
  [ ! -s "$D/$1" ] || hex < "$D/$1"
}

# Fails when the job ended meanwhile.
show_running() {
  output= partial= input= count=0
  [ ! -r "$D/spec" ] || . "$D/spec"
  state=running
  lives pid || is_new || complete || state=died
  [ ! -e "$D/status" ] || return 1
  echo "state $state"
  show_codes
  show_progress
}

# Made this moment and not yet run.
is_new() { [ ! -e "$D/pid" ] && lives starter; }

complete() {
  [ -e "$D/status" ] && return 0
  [ -e "$D/verdict" ] || return 1
  if mkdir "$D/adopting" 2> /dev/null; then
    away=
    ! has setsid || away=setsid
    $away sh "$D/job" adopt "$D" < /dev/null > /dev/null 2>&1 &
  fi
  for again in 1 2 3 4 5; do
    pause 0.1
    [ ! -e "$D/status" ] && ! lives pid || return 0
  done
  return 1
}

show_codes() {
  [ ! -r "$D/codes" ] || while read -r name code; do echo "code $name $code"; done < "$D/codes"
}

# How far the one that writes, or reads, is in its file: without a process, because a poll asks for many jobs.
show_progress() {
  bytes=
  if [ -n "$output" ]; then
    first_line "$D/pid.sink"
    read_position "$line" 1
    [ -n "$bytes" ] || [ ! -s "$partial" ] || { size_of "$partial" && bytes=$size; }
  else
    first_line "$D/pid.source"
    read_position "$line" 0
  fi
  echo "bytes ${bytes:-0}"
  first_line "$D/pid.stage$count"
  raw=$bytes
  [ "$count" = 1 ] || read_io "$line" || raw=
  [ -z "$raw" ] || echo "raw $raw"
  first_line "$D/pid"
  ticks=${work_done#*"p${line%% *}="}
  [ "$ticks" = "$work_done" ] || echo "work ${ticks%%[!0-9]*}"
}

read_position() { # PID FD
  [ -n "$1" ] && [ -r "/proc/$1/fdinfo/$2" ] || return 0
  while read -r name value; do
    [ "$name" != pos: ] || bytes=$value
  done < "/proc/$1/fdinfo/$2"
} 2> /dev/null

read_io() {
  raw=
  [ -n "$1" ] && [ -r "/proc/$1/io" ] || return 1
  while read -r name value; do
    [ "$name" != rchar: ] || raw=$value
  done < "/proc/$1/io"
  [ -n "$raw" ]
} 2> /dev/null

# poll SECONDS ID...: answers after so long, or when the first of them is over.
poll() {
  seconds=$1
  shift
  [ "$seconds" = 0 ] || [ "$#" = 0 ] || await_end "$journals/$1"
  for id in "$@"; do
    shift
    set -- "$@" "$journals/$id"
  done
  [ "$#" = 0 ] || show_all "$@"
}

# Blocks in the opening of a pipe that the job opens too when it is over. Whoever asks sees to the time that this did not take.
await_end() { [ ! -p "$1/over" ] || timeout "$seconds" cat "$1/over"; } > /dev/null 2>&1

list() {
  set --
  for D in "$journals"/*/; do
    D=${D%/}
    first_line "$D/owner"
    [ "$line" != "$owner" ] || set -- "$@" "$D"
  done
  [ "$#" = 0 ] || show_all "$@"
}

# The side that feeds vouches for every byte: count and digest.
vouch() {
  D=$journals/$id
  [ -d "$D" ] && put fed "$1 $2"
}

cancel() {
  D=$journals/$id
  refuse_foreign
  [ ! -d "$D" ] || [ -e "$D/status" ] || end_job
  show
}

# TERM at first, KILL after three seconds, after six everything below the runner and itself; looks for nine.
end_job() {
  true > "$D/cancel"
  output= partial= count=0 codes= first= sum= began=$(date +%s) short=0.1
  boxes() { :; }
  [ ! -r "$D/spec" ] || . "$D/spec"
  while :; do
    passed=$(($(date +%s) - began)) hard=TERM
    [ "$passed" -lt 3 ] || hard=KILL
    sweep "$hard" 'COFRE_[A-Z]*='
    [ -n "$left" ] || [ ! -e "$D/status" ] || return 0
    lives pid || is_new || [ -n "$left" ] || break
    [ "$passed" -lt 6 ] || ! lives pid || kill -KILL "$pid" $(descendants "$pid") 2> /dev/null
    [ "$passed" -lt 9 ] || break
    pause "$short"
    short=0.4
  done
  [ -n "$left" ] || lives pid || bury
}

# The runner is gone and nothing runs: what it left is swept, and the journal closed.
bury() {
  [ ! -e "$D/status" ] || return 0
  if [ -n "$output" ]; then
    [ ! -e "$D/verdict" ] || [ ! "$output" -ef "$partial" ] || rm -f "$output"
  fi
  clear ${output:+"$partial"} "$D/verdict"
  [ ! -r "$D/codes" ] || codes="$(cat "$D/codes")
"
  status_text cancelled 0
  put status "$text"
  tell_over
}

forget() {
  D=$journals/$id
  [ -d "$D" ] || return 0
  refuse_foreign
  if [ ! -e "$D/status" ]; then
    ! lives pid && ! is_new || refuse running "$D" ''
    end_job
  fi
  rm -rf "$D"
}
