# The job itself, as its journal's copy runs it: sh JOURNAL/job run JOURNAL MODE. The mode is `detached`, `stream` (the last
# stage's stdout is the channel) or `feed` (the first stage's stdin is the channel).

# digest NAME: of stdin, into that file of the journal; in a shell of its own. openssl uses the processor's own instructions where
# coreutils often does not: six times as fast. One that cannot digest nothing either, for it is too old, say, fails before it reads
# anything; any other that fails leaves no digest.
digest() {
  if has openssl; then
    ! openssl dgst -sha256 -r > "$D/$1" 2> /dev/null || [ ! -s "$D/$1" ] || exit 0
    [ -z "$(openssl dgst -sha256 -r < /dev/null 2> /dev/null)" ] || exit 1
  fi
  exec > "$D/$1"
  ! has sha256sum || exec sha256sum
  ! has shasum || exec shasum -a 256
  exec wc -c # no digest, but a number that a cut changes
}

tell() { echo "$1 $2" >&4; } # to the loop in `run`: this part ended with that code

# One program in an environment of its own; its secrets are in no other.
stage() {
  {
    (
      exec 2>&6 3>&- 4>&- 5<&- 6>&- 7<&-
      [ ! -e "$D/cancel" ] || exit 125
      COFRE_JOB=$id
      export COFRE_JOB
      read -r self others < /proc/self/stat && echo "$self" > "$D/pid.$1"
      "run_$1"
    )
  } 2> /dev/null # this shell's own report of a signal: the code tells it
  tell "$1" $?
}

# Copies stdin to the observer too.
copy() {
  tee "$D/observer.in" 3>&- 4>&- 5<&- 7<&-
  tell copy $?
}

# Passes stdin on and keeps its end, through pipes of 1 MiB (1031 is F_SETPIPE_SZ, see fcntl(2)): a copy of everything for `tail` costs a
# tenth of a whole backup.
KEEP_LAST='
my ($kept, $path) = @ARGV;
my ($block, $end) = ("", "");
for my $pipe (*STDIN, *STDOUT) { binmode $pipe; fcntl $pipe, 1031, 1 << 20 }
for (;;) {
  my $got = sysread STDIN, $block, 1 << 18;
  next if !defined $got && $! == 4; # EINTR
  die "the dump cannot be read: $!\n" if !defined $got;
  last if $got == 0;
  for (my $at = 0; $at < $got;) {
    my $put = syswrite STDOUT, $block, $got - $at, $at;
    next if !defined $put && $! == 4;
    die "the dump cannot be passed on: $!\n" if !defined $put;
    $at += $put;
  }
  $end = substr $got < $kept ? $end . $block : $block, -$kept;
}
open my $file, ">", $path or die "$path: $!\n";
print $file $end and close $file or die "$path: $!\n";
'
keep_last() {
  {
    said=$(
      LC_ALL=C
      export LC_ALL
      exec perl -e "$KEEP_LAST" "$last" "$D/observed" 2>&1 >&8 3>&- 4>&- 5<&- 7<&- 8>&-
    )
    kept=$?
  } 8>&1
  if [ "$kept" != 0 ] && ! perl -e 1 > /dev/null 2>&1; then # one that can do nothing has read nothing
    mkfifo "$D/observer.in"
    observe < "$D/observer.in" 3>&- 7<&- &
    copy
    return
  fi
  [ -z "$said" ] || printf '%s\n' "$said" >&2
  tell observer "$kept"
  tell copy "$kept"
}

# An observer that ends early leaves the rest to be read, or the dump would break.
observe() {
  stage observer | {
    head -c "$((OBSERVED + 1))" > "$D/observed"
    exec cat > /dev/null
  } 4>&-
  exec cat > /dev/null
}

# Passes stdin on and digests it. A broken pipe behind it is that stage's concern: the digest is of everything.
digest_source() {
  trap '' PIPE
  exec tee "$D/source.digest" 3>&- 4>&- 5<&- 7<&- 2> /dev/null
}

read_source() { # in a shell of its own
  exec 3>&- 4>&- 5<&- 6>&- 7<&-
  COFRE_SOURCE=$id
  export COFRE_SOURCE
  read -r self others < /proc/self/stat && echo "$self" > "$D/pid.source"
  exec cat
}

from_input() {
  (read_source)
  tell source $?
}

# The end of the channel may be a cut: the stages see an end of input only once the feeding side vouched for every byte.
from_channel() {
  read_source | digest_source
  tries=0
  until [ -e "$D/fed" ] || [ -e "$D/failed" ] || [ -e "$D/cancel" ] || [ "$tries" -ge 20 ]; do # it comes before the end
    pause 0.1
    tries=$((tries + 1))
  done
  if is_vouched; then
    tell source 0
  else
    [ -e "$D/failed" ] || [ -e "$D/cancel" ] || echo "the input ended, and the side that feeds it did not vouch for it" >&2
    end_all
    tell source 1
  fi
}

is_vouched() {
  first_line "$D/fed"
  vouched=$line tries=0
  [ -n "$vouched" ] || return 1
  until first_line "$D/source.sum" && [ -n "$line" ] || [ "$tries" -ge 100 ]; do
    pause 0.1
    tries=$((tries + 1))
  done
  set -- $line
  [ "$1" = "${vouched#* }" ] || [ "$1" = "${vouched%% *}" ]
}

end_all() {
  for hard in TERM TERM KILL KILL KILL KILL; do
    sweep "$hard"
    [ -n "$left" ] || break
    pause 0.5
  done
  [ -z "$left" ] || printf 'still there after KILL: %s\n' "$left" >&2
}

reads_input() { [ -n "$input" ] && [ -z "$output" ] && [ "$mode" != stream ]; }

digest_output() {
  tee "$D/digest" 3>&- 4>&- 5<&- 7<&-
  tell digest $?
}

# dd ends at the first write that fails, and says why; a disk that is full stops the job at once.
sink() {
  dd_said=$(
    exec 3>&- 4>&- 5<&- 7<&-
    read -r self others < /proc/self/stat && echo "$self" > "$D/pid.sink"
    LC_ALL=C
    export LC_ALL
    exec dd of="$partial" bs=1048576 conv=fsync 2>&1
  )
  dd_code=$?
  [ "$dd_code" = 0 ] || printf '%s\n' "$dd_said" >&2
  tell sink "$dd_code"
}

keep_printed() {
  tail -c "$PRINTED" > "$D/printed" 3>&- 4>&- 5<&- 7<&-
  tell sink $?
}

# Everything in one pipeline, each part in the next one's stdin. No pipefail: every part tells its own code.
flow() {
  if [ "$mode" = feed ]; then
    parts='from_channel <&7 | stage stage1'
  elif reads_input; then
    parts='from_input < "$input" | digest_source | stage stage1'
  else
    parts='stage stage1 < "${input:-/dev/null}"'
  fi
  if [ -n "$last" ]; then
    parts="$parts | keep_last"
  elif [ -n "$observed" ]; then
    parts="$parts | copy"
  fi
  n=1
  while [ "$n" -lt "$count" ]; do
    n=$((n + 1))
    parts="$parts | stage stage$n"
  done
  if [ -n "$output" ]; then
    parts="$parts | digest_output | sink"
  elif [ "$mode" = stream ]; then
    parts="$parts | digest_output >&3"
  else
    parts="$parts | keep_printed"
  fi
  eval "$parts &"
}

# Starts the companion and waits for its first line, which the stages get as a variable. The pipe for that line is opened before
# anybody needs it: a companion that ends interrupts busybox' shell in an opening that waits, and it does not try again.
accompany() {
  exec 8<> "$D/companion.line" 9< "$D/companion.line"
  stage companion > "$D/companion.out" 3>&- 5<&- 7<&- 8>&- 9<&- &
  {
    IFS= read -r told || :
    printf '%s\n' "$told" >&8
    exec 8>&-
    {
      printf '%s\n' "$told"
      head -c "$((KEEP + 1))"
    } > "$D/companion"
    exec cat > /dev/null
  } < "$D/companion.out" 3>&- 5<&- 7<&- 9<&- &
  exec 8>&-
  IFS= read -r told <&9 || :
  exec 9<&-
  [ -n "$told" ] && export "$exports=$told"
}

# The first failure ends the rest: what only waits for its input gets a moment to end by itself, then everything is stopped.
fail() {
  [ -z "$first" ] || return 0
  first=$1
  true > "$D/failed"
  sh "$D/job" stop "$D" "$mode" < /dev/null > /dev/null 2>&1 3>&- 4>&- 5<&- 6>&- 7<&- &
  stopper=$!
}

run() {
  D=$1 mode=$2 id=${1##*/} first= stopper= codes= last=
  trap '' HUP
  trap 'fail runner' TERM INT
  unset COFRE_JOB
  cd / && [ ! -e "$D/status" ] && [ ! -e "$D/cancel" ] && [ ! -e "$D/pid" ] && sign pid $$ || exit 1
  { renice -n 10 -p $$ && ionice -c 2 -n 7 -p $$; } > /dev/null 2>&1
  . "$D/spec"
  [ -z "$last" ] || has perl || last=
  [ "$mode" != detached ] || [ -z "$secrets_here" ] || eval "$(cat)"
  for name in $secrets_here; do # no longer exported: a stage exports its own
    eval "value=\$$name; unset $name; $name=\$value"
  done
  value=
  open_journal
  work
  finish
}

# 3 the channel out, 4 telling, 5 listening, 6 what programs say, 7 the channel in.
open_journal() {
  exec 3>&1 7<&0 < /dev/null > /dev/null
  [ "$mode" = stream ] || exec 3>&-
  [ "$mode" = feed ] || exec 7<&-
  set -- "$D/events" "$D/words" "$D/over"
  [ -z "$exports" ] || set -- "$@" "$D/companion.out" "$D/companion.line"
  ! reads_input && [ "$mode" != feed ] || set -- "$@" "$D/source.digest"
  [ -z "$output" ] && [ "$mode" != stream ] || set -- "$@" "$D/digest"
  [ -z "$observed" ] || [ -n "$last" ] || set -- "$@" "$D/observer.in"
  mkfifo "$@"
  exec 4<> "$D/events" 5< "$D/events"
  exec 4> "$D/events"
  {
    head -c "$WORDS" 1<> "$D/err" # over what is there already: a full disk takes no new block
    tail -c "$WORDS" > "$D/err.tail"
  } < "$D/words" 2> /dev/null 3>&- 4>&- 5<&- 7<&- &
  listener=$!
  exec 6> "$D/words" 2>&6
}

work() {
  if [ -z "$exports" ] || accompany; then
    if [ -p "$D/source.digest" ]; then digest source.sum < "$D/source.digest" 3>&- 7<&- & fi
    if [ -p "$D/digest" ]; then digest sum < "$D/digest" 3>&- 7<&- & fi
    if [ -p "$D/observer.in" ]; then observe < "$D/observer.in" 3>&- 7<&- & fi
    flow
  else
    echo "the companion ended before it printed a line" >&2
    fail companion
  fi
  exec 3>&- 4>&- 7<&-
  while :; do
    if read -r name code <&5; then
      codes="$codes$name $code
"
      echo "$name $code" >> "$D/codes"
      [ "$code" = 0 ] || fail "$name"
    elif [ -n "$first" ] && [ -z "$heard" ]; then
      heard=yes # a signal interrupts the reading once
    else
      break # nobody is left who could tell
    fi
  done
}
heard=
