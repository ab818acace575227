# Servers that are Go programs: a folder of the recipe, go/NAME, holds go.mod, go.sum and `programs` ("NAME PACKAGE" a line).

go_hash() { cat "$1"/go.sum "$1"/programs | sha256sum | cut -c1-16; } # go_hash FOLDER

go_here() { ( cd "$1" && command -v go && GOTOOLCHAIN=local go list -m ) > /dev/null 2>&1; } # go_here FOLDER   new enough?

# Where this machine gets its modules from, for a container to do alike: from an older Go, else from the environment.
go_sources() { # go_sources -> SOURCES, options of docker run
  local name value
  SOURCES=()
  for name in GOPROXY GONOPROXY GOSUMDB GONOSUMDB GOPRIVATE; do
    value=$(cd / && go env "$name" 2> /dev/null) || value=${!name:-}
    [ -z "$value" ] || SOURCES+=(-e "$name=$value")
  done
  for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy; do
    [ -z "${!name:-}" ] || SOURCES+=(-e "$name")
  done
}

go_build() { # go_build FOLDER OUT   with this machine's Go, else with Debian's in a container that trusts whom this machine trusts
  local folder=$1 out=$2 name package
  go_sources
  while read -r name package; do
    if go_here "$folder"; then
      ( cd "$folder" && GOTOOLCHAIN=local CGO_ENABLED=0 nice -n 10 go build -trimpath -ldflags='-s -w' -o "$out/$name" "$package" ) || return
    else
      base forky || return
      dk run --rm -v "$folder:/src:ro" -v "$out:/out" -v /etc/ssl/certs:/etc/ssl/certs:ro -v cofre-lab-go:/root -w /src "${SOURCES[@]}" \
        -e GOTOOLCHAIN=local -e CGO_ENABLED=0 cofre-lab/debian:forky sh -c 'lab-apt golang-go > /dev/null && exec nice -n 10 go build -trimpath \
        -ldflags="-s -w" -o "/out/$1" "$2"' - "$name" "$package" || return
    fi
  done < "$folder/programs"
}

go_binaries() { # go_binaries FOLDER -> the folder of its binaries, built once for each go.sum
  local out
  out=$STATE/go/$(go_hash "$1")
  if [ ! -d "$out" ]; then
    rm -rf "$out.new"
    mkdir -p "$out.new"
    go_build "$1" "$out.new" >&2 || return
    mv "$out.new" "$out"
  fi
  printf '%s' "$out"
}

has_go() { [ -d "$LAB_DIR/recipe/$1/go" ]; } # has_go RECIPE

# What docker gets to build from: the recipe, and in bin/ its programs.
go_context() { # go_context RECIPE FOLDER
  local folder binaries
  cp -a "$LAB_DIR/recipe/$1/." "$2/" && mkdir "$2/bin" || return
  for folder in "$LAB_DIR/recipe/$1"/go/*; do
    binaries=$(go_binaries "$folder") || return
    cp -al "$binaries"/* "$2/bin/" 2> /dev/null || cp -a "$binaries"/* "$2/bin/" || return
  done
}
