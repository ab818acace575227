# The end of a job: what it takes to be called done, and what is left when it is not.

expect() { # as $expected
  n=0 expected=
  while [ "$n" -lt "$count" ]; do
    n=$((n + 1))
    expected="$expected stage$n"
  done
  [ -z "$exports" ] || expected="$expected companion"
  [ -z "$observed" ] || expected="$expected observer copy"
  ! reads_input && [ "$mode" != feed ] || expected="$expected source"
  [ "$mode" = stream ] || expected="$expected sink"
  [ ! -p "$D/digest" ] || expected="$expected digest"
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

too_long() { [ -s "$D/$1" ] && size_of "$D/$1" && [ "$size" -gt "$2" ]; }

judge() {
  expect
  for name in $expected; do
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

count_bytes() { # as $size
  if [ -n "$output" ]; then
    size_of "$partial"
  elif [ "$mode" = feed ]; then
    first_line "$D/fed"
    size=${line%% *}
  elif [ -n "$input" ]; then
    size_of "$input"
  else
    size=0
  fi
}

finish() {
  sum= size=0
  if [ -z "$first" ] && judge && [ -z "$first" ] && [ ! -e "$D/cancel" ] && publish; then
    close_journal ${output:+"$partial"}
    [ -z "$output" ] || durable "${output%/*}"
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
  close_journal "$D/verdict"
  kill $! 2> /dev/null
  sum= size=0
  whole_sum
  status_text "$state" "$size"
  put status "$text"
  durable "$D/status"
  tell_over
  exit 1
}

# A failed job still tells the digest of an input that was read to its end: it may be why it failed.
whole_sum() {
  [ -z "$output" ] || return 0
  case $codes in
  *"source 0
"*) ! read_sum source.sum || count_bytes ;;
  esac
}

# The verdict is written before the name is given, so that a crash between the two can be told from any other.
publish() {
  count_bytes
  status_text done "$size"
  put verdict "$text" 2> /dev/null || { rm -f "$D/room" && put verdict "$text"; } || { first=journal && return 1; }
  durable "$D/verdict" || { first=journal && return 1; }
  [ -z "$output" ] || give_name || { first=publish && return 1; }
}

give_name() { [ ! -d "$output" ] && ln "$partial" "$output"; } # never overwrites

close_journal() { # FILE...: removed with what the journal needs no more
  trap '' TERM INT
  [ -z "$stopper" ] || kill -KILL "$stopper" 2> /dev/null
  exec 2> /dev/null 5<&- 6>&-
  wait "$listener"
  clear "$@"
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
    clear "$partial"
    durable "${output%/*}"
  else
    clear
  fi
  mv -f "$D/verdict" "$D/status"
  tell_over
}
