# A lane: a pipe of its own out of a container, or into it. The engine's client copies every byte three times on its way, which costs
# as much as the dump itself. Only for root, in the engine's own PID namespace, with GNU dd: it opens no symbolic link that somebody
# inside may put in a pipe's place. Everything else goes through the client.

LAID_FROM=8388608 # bytes: a smaller input is through the client before a lane is laid

# find_shm CONTAINER CLIENT...: $shm is the container's /dev/shm as this machine sees it; empty when it cannot be had.
find_shm() {
  shm= container=$1
  shift
  [ "$(id -u)" = 0 ] && has timeout || return 0
  case $(dd --version 2> /dev/null) in *coreutils*) ;; *) return 0 ;; esac
  set -- $("$@" inspect -f '{{.State.Pid}} {{.Id}}' "$container" 2> /dev/null < /dev/null)
  # The number may be that of another machine's process; only the kernel's own words for it count.
  [ "$#" -eq 2 ] && is_of "$1" "$2" || return 0
  # A mount of its own cannot be moved from inside, and holds no devices.
  grep -q ' /dev/shm [^ ]*nodev[^ ]* .*- tmpfs ' "/proc/$1/mountinfo" 2> /dev/null || return 0
  # Who may not trace other processes may not enter there either.
  [ ! -w "/proc/$1/root/dev/shm/." ] || shm=/proc/$1/root/dev/shm
  first_process=$1 container_id=$2
}

# draw FUNCTION USER CONTAINER CLIENT...: becomes that function's client, or runs it and reads what its program writes into the lane.
# The program makes the lane itself (IN_LANE in server-job-spec.ts), so that it is its user's own, and only where it sees the folder that
# was made from here: in a virtual machine, say, both sides would wait for ever.
draw() {
  become=$1 naps=0 pump=
  shift 2
  find_shm "$@"
  [ -z "$shm" ] || mkdir "$shm/cofre-$id.here" 2> /dev/null || shm=
  [ -n "$shm" ] || "$become"
  lane=$shm/cofre-$id
  run_client LANE_OUT < /dev/null &
  client=$!
  until [ -p "$lane" ] || ! identify "$client"; do
    naps=$((naps + 1))
    if [ "$naps" -lt 250 ]; then pause 0.02; else pause 1; fi
  done
  if [ -p "$lane" ]; then
    note_seen
    # By what a pipe holds: with larger blocks, the program and whoever reads from here take turns.
    dd if="$lane" bs=65536 iflag=nofollow,fullblock status=none &
    pump=$!
  fi
  wait "$client"
  code=$?
  rmdir "$lane.here" 2> /dev/null
  end_lane "$code" if=/dev/null of="$lane" oflag=nofollow conv=nocreat,notrunc
}

# pour FUNCTION USER CONTAINER CLIENT...: the same for a program that reads the input's stream.
pour() {
  become=$1 user=$2 shm=
  shift 2
  size_of "$input"
  [ "$size" -lt "$LAID_FROM" ] || find_shm "$@"
  [ -z "$shm" ] || { lay "$@" && [ -p "$shm/cofre-$id" ]; } || shm=
  [ -n "$shm" ] || "$become"
  lane=$shm/cofre-$id
  note_seen
  exec 8<&0
  run_client LANE_IN < /dev/null 8<&- &
  client=$!
  dd of="$lane" bs=1048576 iflag=fullblock oflag=nofollow conv=nocreat,notrunc status=none <&8 &
  pump=$!
  exec 8<&-
  wait "$client"
  end_lane $? if="$lane" of=/dev/null count=0 iflag=nofollow
}

# A pipe made inside that shows here too: this machine sees that container's processes.
note_seen() { echo "$container $first_process $container_id" >> "$D/seen"; }

lay() { # lay CONTAINER CLIENT...
  container=$1
  shift
  "$@" exec ${user:+-u "$user"} "$container" sh -c 'umask 077; mkfifo "$1"' sh "/dev/shm/cofre-$id" > /dev/null 2>&1 < /dev/null
}

run_client() {
  eval "COFRE_$1=cofre-$id && export COFRE_$1"
  "$become"
}

# end_lane CODE OPENING...: what opens the other end is for a program that died before it did, and left the pump waiting.
end_lane() {
  code=$1
  shift
  if [ -n "$pump" ]; then
    reached=
    [ "$code" != 0 ] || signal_marked "COFRE_LANE_[A-Z]*=cofre-$id" 0
    # Its client may end, even well, before the program does: what happens then has no exit code.
    if [ -n "$reached" ]; then
      echo "a program of this job ran on after its client had ended" >&2
      code=1
    fi
    [ ! -p "$lane" ] || timeout 5 dd "$@" status=none 2> /dev/null
    [ ! -e "$lane" ] && [ ! -h "$lane" ] || rm -f "$lane"
    [ "$code" = 0 ] || kill "$pump" 2> /dev/null
    wait "$pump"
    case $? in
    0 | 141) ;; # a reader that has enough closes its end
    *) [ "$code" != 0 ] || code=1 ;;
    esac
  fi
  exit "$code"
}
