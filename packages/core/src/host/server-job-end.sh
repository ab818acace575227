# The end of a job: what it takes to be called done, and what is left when it is not.

expected() {
  n=0
  while [ "$n" -lt "$count" ]; do
    n=$((n + 1))
    echo "stage$n"
  done
  [ -z "$exports" ] || echo companion
  [ -z "$observed" ] || echo observer copy
  ! reads_input && [ "$mode" != feed ] || echo source
  [ "$mode" = stream ] || echo sink
  [ ! -p "$D/digest" ] || echo digest
}

# Something that runs on although its client ended: the client lied, or somebody killed it.
look_for_rest() {
  for again in 1 2 3; do
    sweep 0
    [ -n "$left" ] || return 0
    pause 0.3
  done
  echo "a program of this job ran on after its client had ended: $left" >&2
  return 1
}

too_long() { [ -s "$D/$1" ] && [ "$(size_of "$D/$1")" -gt "$2" ]; }

judge() {
  for name in $(expected); do
    case $codes in *"$name 0
"*) ;;
    *)
      first=$name
      return 1
      ;;
    esac
  done
  ! too_long companion "$KEEP" || { first=companion && echo "the companion printed more than $KEEP bytes" >&2 && return 1; }
  ! too_long observed "$OBSERVED" || { first=observer && echo "the observer printed more than $OBSERVED bytes" >&2 && return 1; }
  look_for_rest || { first=left && return 1; }
  for name in source.digest digest; do
    [ ! -p "$D/$name" ] || read_sum "${name%digest}sum" || { first=digest && return 1; }
  done
}

bytes_of() {
  if [ -n "$output" ]; then
    size_of "$1"
  elif [ "$mode" = feed ]; then
    first_line "$D/fed"
    echo "${line%% *}"
  elif [ -n "$input" ]; then
    size_of "$input"
  else
    echo 0
  fi
}

finish() {
  sum= read_bytes=0
  if [ -z "$first" ] && judge && [ ! -e "$D/cancel" ] && publish; then
    close_journal
    mv -f "$D/verdict" "$D/status"
    durable "$D/status"
    tell_over
    exit 0
  fi
  end_all
  [ -z "$output" ] || rm -f "$partial"
  state=failed
  [ ! -e "$D/cancel" ] || state=cancelled
  { pause 3 && kill "$listener"; } > /dev/null 2>&1 6>&- & # it waits for whoever can still say something
  close_journal
  kill $! 2> /dev/null
  sum=
  whole_sum
  status_text "$state" "$read_bytes" | put status
  durable "$D/status"
  tell_over
  exit 1
}

# A failed job still tells the digest of an input that was read to its end: it may be why it failed.
whole_sum() {
  [ -z "$output" ] || return 0
  case $codes in
  *"source 0
"*) ! read_sum source.sum || read_bytes=$(bytes_of) ;;
  esac
}

# The verdict is written before the name is given, so that a crash between the two can be told from any other.
publish() {
  rm -f "$D/room"
  status_text done "$(bytes_of "$partial")" | put verdict && durable "$D/verdict" || { first=journal && return 1; }
  give_name || { first=publish && return 1; }
}

give_name() {
  [ -n "$output" ] || return 0
  [ ! -d "$output" ] && ln "$partial" "$output" || return 1 # never overwrites
  rm -f "$partial"
  durable "${output%/*}"
}

close_journal() {
  trap '' TERM INT
  [ -z "$stopper" ] || kill -KILL "$stopper" 2> /dev/null
  exec 2> /dev/null 5<&- 6>&-
  wait "$listener"
  rm -f "$D/room" "$D"/pid.*
  [ -e "$D/cancel" ] || [ -n "$first" ] && rm -f "$D/verdict"
  remove_pipes
}

# Beside a job that failed: a moment of grace, then TERM, then KILL, until the job ends this.
stop() {
  D=$1 id=${1##*/}
  . "$D/spec"
  if [ "$2" = feed ]; then # whoever feeds it shall not push the rest
    signal_marked "COFRE_SOURCE=$id" TERM
  fi
  pause 0.5
  for hard in TERM TERM TERM KILL KILL KILL KILL KILL KILL; do
    sweep "$hard"
    pause 1
  done
}

# A job that died between verdict and status is completed when the file is what the verdict says.
adopt() {
  D=$1 id=${1##*/}
  sign pid $$ || exit 1
  . "$D/spec"
  if [ -n "$output" ]; then
    found=$output
    [ -e "$found" ] || found=$partial
    read_sum sum || exit 1
    known=$sum
    (digest sum.again < "$found")
    read_sum sum.again && [ "$sum" = "$known" ] || exit 1
    [ -e "$output" ] || ln "$partial" "$output" || exit 1
    rm -f "$partial"
    durable "${output%/*}"
  fi
  remove_pipes
  mv -f "$D/verdict" "$D/status"
  tell_over
}
