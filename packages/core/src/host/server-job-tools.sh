# Server jobs, the part that every call has: who is alive, what carries a job's mark, how the journal is written. POSIX sh, as
# dash, bash and busybox run it. Behind it comes what a call is for: server-job-run.sh and server-job-end.sh are the job itself,
# server-job-ask.sh the questions from outside.
#
# The journal, mode 0700:
#   owner, spec, job   who asked, what runs (functions run_stage1 and so on, without secrets), these scripts
#   starter, pid       who prepared it, who runs it: "pid start-time boot-id"
#   codes              "name exit-code", a line for each program that ended
#   err, err.tail      head and tail of what the programs said on stderr
#   companion, observed, printed, sum, source.sum   what was kept of stdout, and digests
#   cancel, failed, fed   notes: end it; something failed; the side that feeds vouches for every byte
#   over               a pipe that is opened once the job is over, and gone then
#   seen               containers whose processes this machine sees: "name pid id"
#   verdict            the status to be, written before the file gets its name
#   status             the last word; a journal with it is over
umask 077
KEEP=16777216 OBSERVED=65536 PRINTED=65536 WORDS=2048
signal=0

has() { command -v "$1" > /dev/null 2>&1; }
pause() { sleep "$1" 2> /dev/null || sleep 1; } # POSIX knows whole seconds only

# Bytes as hex, behind a line with their key: these lines begin with a blank, which no key does.
hex() { od -An -v -tx1; }

# The first line of a file as $line, without a process.
first_line() {
  line=
  [ ! -r "$1" ] || IFS= read -r line < "$1" || :
} 2> /dev/null

# put NAME TEXT: nobody sees half of it.
put() { printf '%s\n' "$2" > "$D/$1.new" && mv -f "$D/$1.new" "$D/$1"; }
durable() { sync "$1" 2> /dev/null || sync; }
# size_of FILE: as $size.
size_of() { size=$(stat -c %s "$1" 2> /dev/null) || size=$({ ls -ln "$1" | awk '{ print $5; exit }'; } 2> /dev/null); }

# ---- who is who

# $identity: start time and boot id of a process that lives, by which its number cannot be mistaken for a later one's.
identify() {
  identity=
  first_line "/proc/$1/stat"
  [ -n "$line" ] || return 1
  set -- ${line##*\) }
  case $1 in Z | X) return 1 ;; esac
  [ "$#" -ge 20 ] || return 1
  shift 19
  identity=$1
  first_line /proc/sys/kernel/random/boot_id
  identity="$identity ${line:--}"
}

# Whether the process that a file of the journal names lives; $pid is its number.
lives() {
  pid=
  first_line "$D/$1"
  set -- $line
  [ "$#" -eq 3 ] || return 1
  pid=$1 known="$2 $3"
  identify "$pid" && [ "$identity" = "$known" ]
}

sign() { identify "$2" && put "$1" "$2 $identity"; }

# signal_marked MARK SIGNAL: signals what carries one of the job's marks in its environment; $reached says whom it reached. Busybox's
# grep may see nothing behind the first NUL, and older ones know no -z: such a one does not find the words that it was called with.
SIGNAL_MARKED='reached=
marked=$(grep -ls -e "$1" -e "COFRE_GREP=${1#*=}" /proc/[0-9]*/environ /proc/self/cmdline 2> /dev/null)
case $marked in
*/proc/self/cmdline) marked=${marked%/proc/self/cmdline} ;;
*) # all of them at once, before each one by itself
  marked=
  if cat /proc/[0-9]*/environ 2> /dev/null | tr "\0" "\n" | grep -qs "$1"; then
    marked=$({ for f in /proc/[0-9]*/environ; do tr "\0" "\n" < "$f" | grep -qs "$1" && echo "$f"; done; } 2> /dev/null)
  fi
  ;;
esac
for f in $marked; do
  p=${f#/proc/} p=${p%/environ}
  ! kill "-$2" "$p" 2> /dev/null || reached="${reached:+$reached
}$p"
done'
signal_marked() { eval "$SIGNAL_MARKED"; }

# The same inside a container. As the programs own user: root in there may not read the environment of others.
SIGNAL_INSIDE="$SIGNAL_MARKED
[ -z \"\$reached\" ] || echo \"\$reached\"
[ \"\$2\" = 0 ] || rm -rf \"/dev/shm/cofre-\${1#COFRE_JOB=}\" \"/dev/shm/cofre-\${1#COFRE_JOB=}.here\"
:"
box() { # box CONTAINER USER CLIENT...
  box_name=$1 box_user=$2
  shift 2
  ! is_seen || return 0
  limit=
  ! has timeout || limit='timeout 5'
  box_said=$($limit "$@" exec ${box_user:+-u "$box_user"} "$box_name" sh -c "$SIGNAL_INSIDE" sh "COFRE_JOB=$id" "$signal" 2>&1 < /dev/null)
  case $?:$box_said in
  0:*) [ -z "$box_said" ] || add_left "$box_said" ;;
  126:* | 127:*) ;; # no sh in there: nothing to look with
  *'is not running'* | *'o such container'*) [ "$signal" != 0 ] || add_left "$box_name is gone" ;;
  *) add_left "nobody can see into $box_name: $box_said" ;;
  esac
}

add_left() {
  left="${left:+$left
}$1"
}

# Whether a look into that container from inside would tell nothing: what runs in it stands in this machine's own table of processes,
# see note_seen.
is_seen() {
  [ "$signal" = 0 ] && [ -r "$D/seen" ] || return 1
  while read -r seen_name seen_pid seen_id; do
    [ "$seen_name" = "$box_name" ] || continue
    is_of "$seen_pid" "$seen_id" || add_left "$box_name is gone"
    return 0
  done < "$D/seen"
  return 1
}

# is_of PID CONTAINER-ID: by the kernel's own words for that process.
is_of() {
  [ -r "/proc/$1/cgroup" ] || return 1
  while read -r group; do
    case $group in *"$2"*) return 0 ;; esac
  done < "/proc/$1/cgroup"
  return 1
} 2> /dev/null

# sweep SIGNAL [MARK]: signals everything of this job, here and inside containers (0 only looks); $left says who was reached.
sweep() {
  signal=$1
  signal_marked "${2-COFRE_JOB=}$id" "$1"
  left=$reached
  boxes
}

# The numbers of all descendants of a process, by the table of processes.
descendants() {
  awk "$READ_STAT"'
    BEGIN {
      root = ARGV[1]
      read_all(2)
      for (p in parent) { q = p; for (n = 0; n < 64 && q in parent && q != root; n++) q = parent[q]; if (q == root && p != root) print p }
    }' "$1" /proc/[0-9]*/stat 2> /dev/null
}
# Not as files of awk's own: a process that ended meanwhile would end it.
READ_STAT='function read_all(at) {
  for (; at < ARGC; at++) {
    while ((getline < ARGV[at]) > 0) if ($0 ~ /^[0-9]+ \(.*\) [A-Za-z] /) {
      p = $1; sub(/^.*\) /, ""); parent[p] = $2; ticks[p] = $12 + $13 + $14 + $15
    }
    close(ARGV[at])
  }
}'

# CPU ticks of each of these processes and all below it, those that already ended included: "pPID=TICKS" lines as $work_done.
sum_work() {
  work_done=$(awk "$READ_STAT"'
    BEGIN {
      count = split(ARGV[1], root, " ")
      read_all(2)
      for (i = 1; i <= count; i++) sum[root[i]] = 0
      for (p in parent) { q = p; for (n = 0; n < 64 && !(q in sum) && q in parent; n++) q = parent[q]; if (q in sum) sum[q] += ticks[p] }
      for (q in sum) print "p" q "=" sum[q]
    }' "$*" /proc/[0-9]*/stat 2> /dev/null)
}

# ---- words of the journal

read_sum() {
  first_line "$D/$1"
  set -- $line
  sum=${1-}
  [ -n "$sum" ]
}

status_text() { # STATE BYTES: as $text
  text="state $1
bytes $2
sha256 $sum
first $first
"
  rest=$codes
  while [ -n "$rest" ]; do
    text="${text}code ${rest%%"$NEWLINE"*}$NEWLINE"
    rest=${rest#*"$NEWLINE"}
  done
  text="${text}ended $(date +%s)"
}
NEWLINE='
'

# clear FILE...: removes these, and what only a job that runs needs.
clear() {
  set -- "$@" "$D/room" "$D"/pid.*
  for pipe in "$D"/*; do [ ! -p "$pipe" ] || [ "$pipe" = "$D/over" ] || set -- "$@" "$pipe"; done
  rm -f "$@"
}

# Wakes who waits for the end of this job: those at the pipe by the opening, those that come before it is gone by the end.
tell_over() {
  [ ! -p "$D/over" ] || rm -f "$D/over" 8<> "$D/over"
} 2> /dev/null
