# Images: pulled where a hub answers, else built from Debian's suites. Each carries the hash of its recipe.

declare -a IMAGES=()           # "SET TAG RECIPE SUITE [--target X] [ARG=VALUE...]", filled by sets.sh
declare -A LABEL_OF=()         # tag -> recipe hash on this machine; "pulled" for an official image
RECIPE_LABEL=cofre.lab.recipe

image() { IMAGES+=("$*"); }

# wanted SET LINE_SET   whether a line of sets.sh belongs to the asked set
wanted() { [ "$1" = full ] || [ "$2" = core ]; }

recipe_of() { # recipe_of RECIPE SUITE ARGS...
  local recipe=$1
  { find "$LAB_DIR/recipe/base" "$LAB_DIR/recipe/$recipe" -type f ! -name server.sh | LC_ALL=C sort | xargs cat; declare -f debootstrap_base; echo "$*"; } \
    | sha256sum | cut -c1-16
}

read_images() {
  local line tag label
  local -a tags=()
  LABEL_OF=()
  for line in "${IMAGES[@]}"; do read -r _ tag _ <<< "$line"; tags+=("$tag"); done
  while IFS='|' read -r tag label; do
    [ -z "$tag" ] || LABEL_OF[$tag]=${label:-pulled}
  done < <(dk image inspect -f "{{\$l := index .Config.Labels \"$RECIPE_LABEL\"}}{{range .RepoTags}}{{.}}|{{\$l}}{{println}}{{end}}" "${tags[@]}" 2> /dev/null)
}

image_ready() { [ -n "${LABEL_OF[$1]:-}" ]; }

# Whether a container hub answers; asked at most once a day.
hub() {
  case "${LAB_SOURCE:-}" in hub) return 0 ;; debian) return 1 ;; esac
  if [ -z "$(find "$STATE/hub" -mmin -1440 2> /dev/null)" ]; then
    if timeout 8 "${DOCKER[@]}" pull -q hello-world > /dev/null 2>&1; then echo yes; else echo no; fi > "$STATE/hub"
    say "container hub: $(cat "$STATE/hub")"
  fi
  [ "$(cat "$STATE/hub")" = yes ]
}

debian_mirror() {
  [ -z "${LAB_MIRROR:-}" ] || { printf '%s' "$LAB_MIRROR"; return; }
  grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null | head -n 1 | tr -d ' '
}

roomy_tmp() { # memory when there is plenty of it: no need to wait for a disk
  local free
  free=$(df -Pm /dev/shm 2> /dev/null | awk 'NR == 2 { print $4 }')
  if (( ${free:-0} > 4000 )); then printf /dev/shm; else printf /tmp; fi
}

debootstrap_base() { # debootstrap_base SUITE TAG LABEL
  local suite=$1 tag=$2 label=$3 mirror
  mirror=$(debian_mirror)
  as_root env TMPDIR="$(roomy_tmp)" mmdebstrap --quiet --variant=minbase --mode=root \
    --include=gosu,tini,ca-certificates --skip=cleanup/apt/lists \
    --aptopt='Acquire::Languages "none"' --aptopt='Apt::Install-Recommends "false"' \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::GzipIndexes "true"' \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='printf "#!/bin/sh\nexit 101\n" > "$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"' \
    --customize-hook="install -m 755 '$LAB_DIR/recipe/base/lab-apt' \"\$1/usr/local/bin/lab-apt\"" \
    "$suite" - "$mirror" | dk import -c 'CMD ["bash"]' -c "LABEL $RECIPE_LABEL=$label" - "$tag"
}

# A base that broke half-way must not get the name that others build from.
proven_base() { # proven_base SUITE TAG LABEL
  local trial=$2-unproven code=0
  if debootstrap_base "$1" "$trial" "$3"; then dk tag "$trial" "$2"; else code=1; fi
  dk rmi "$trial" || true
  return "$code"
}

base() { # base SUITE   both workers may ask for the same one
  local suite=$1 tag=cofre-lab/debian:$1 label log=$STATE/build-base-$1.log
  label=$(recipe_of base "$suite")
  exec {base_lock}> "$STATE/base-$suite.lock"
  flock "$base_lock"
  if [ "$(dk image inspect -f "{{index .Config.Labels \"$RECIPE_LABEL\"}}" "$tag" 2> /dev/null)" != "$label" ]; then
    if hub; then
      timed "base $suite from the hub" dk build -q --build-arg "SUITE=$suite" --label "$RECIPE_LABEL=$label" -t "$tag" "$LAB_DIR/recipe/base" > "$log" 2>&1
    else
      timed "base $suite" proven_base "$suite" "$tag" "$label" > "$log" 2>&1
    fi || { tail -n 20 "$log" >&2; exec {base_lock}>&-; return 1; }
    tail -n 1 "$log" | grep '^lab ' >&2 || true
  fi
  exec {base_lock}>&-
}

build_image() { # build_image TAG RECIPE SUITE [--target X] [ARG=VALUE...]
  local tag=$1 recipe=$2 suite=$3 context=$LAB_DIR/recipe/$2 label log arg code=0
  local -a options=()
  label=$(recipe_of "${@:2}")
  log=$STATE/build-${tag//[:\/]/_}.log
  shift 3
  base "$suite" || return
  while (( $# )); do
    case "$1" in --target) options+=(--target "$2"); shift ;; *) options+=(--build-arg "$1") ;; esac
    shift
  done
  hub || export DOCKER_BUILDKIT=0
  if has_go "$recipe"; then
    mkdir -p "$STATE/context"
    context=$(mktemp -d "$STATE/context/XXXXXX")
    go_context "$recipe" "$context" > "$log" 2>&1 || code=1
  fi
  (( code )) || dk build -q --build-arg "BASE=cofre-lab/debian:$suite" "${options[@]}" --label "$RECIPE_LABEL=$label" -t "$tag" "$context" > "$log" 2>&1 || code=1
  ! has_go "$recipe" || rm -rf "$context"
  (( ! code )) || tail -n 20 "$log" >&2
  return "$code"
}

get_image() { # programs in Go are built everywhere: with the same tools inside, whether the hub still has them or not
  local tag=$1
  if [ "${tag#cofre-lab/}" = "$tag" ] && ! has_go "$2" && hub && timed "pulled $tag" dk pull -q "$tag" > /dev/null 2>&1; then return; fi
  timed "built $tag" build_image "$@"
}

# stale SET   the lines of IMAGES that this machine has not, or has from another recipe
stale() {
  local line set tag rest
  for line in "${IMAGES[@]}"; do
    read -r set tag rest <<< "$line"
    wanted "$1" "$set" || continue
    case "${LABEL_OF[$tag]:-}" in pulled) continue ;; "$(recipe_of $rest)") continue ;; esac
    printf '%s %s\n' "$tag" "$rest"
  done
}

worker() { # takes the next line nobody took yet
  local queue=$1 i=0 line code=0
  while read -r line; do
    i=$((i + 1))
    mkdir "$queue/$i" 2> /dev/null || continue
    get_image $line < /dev/null || code=1
  done < "$queue/lines"
  return "$code"
}

images() {
  local queue first
  read_images
  queue=$(mktemp -d)
  stale "$1" > "$queue/lines"
  if [ -s "$queue/lines" ]; then
    if ! hub; then
      [ -n "$(debian_mirror)" ] || cannot "no container hub answers, and apt's sources name no Debian mirror to build images from"
      [ "$(id -u)" = 0 ] || sudo -n true 2> /dev/null || cannot "no container hub answers, and building images needs root"
      need mmdebstrap mmdebstrap
    fi
    worker "$queue" & first=$!
    worker "$queue" || true
    wait "$first" || true
    dk image prune -f --filter "label=$RECIPE_LABEL" > /dev/null
    read_images
    while read -r line; do missing "image ${line%% *}"; done < <(stale "$1")
  fi
  rm -rf "$queue"
}
