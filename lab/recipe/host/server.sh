# ssh_docker, ssh_own, ssh_plain, ssh_clients KEY PORT_OFFSET   servers reached by SSH; and the keys that open them

DEPLOY_PASSWORD='d'"'"'eploy "s3nha" $1 `id` \ ção: #%'
PLAIN_PASSWORD='plain: pá$$ "word"'
GROUPED_PASSWORD='grouped $HOME'
SHONLY_PASSWORD='só sh `here` "x"'
KEY_PASSPHRASE='frase secreta com ação e espaços'
ENGINE_CAPABILITIES=(SYS_ADMIN NET_ADMIN SYS_PTRACE SYSLOG DAC_READ_SEARCH SYS_NICE SYS_TIME)

make_key() { # make_key NAME PASSPHRASE ssh-keygen options...
  local file=$STATE/id_$1 passphrase=$2
  shift 2
  [ -e "$file" ] || ssh-keygen -q -N "$passphrase" -C "lab-${file##*/id_}" -f "$file" "$@" < /dev/null
}

make_keys() {
  need ssh-keygen openssh-client
  make_key ed25519 '' -t ed25519
  make_key rsa '' -t rsa -b 3072
  make_key ecdsa '' -t ecdsa -b 256
  make_key ed25519_passphrase "$KEY_PASSPHRASE" -t ed25519
  make_key rsa_pem_passphrase "$KEY_PASSPHRASE" -t rsa -b 3072 -m PEM
}

keys_json() {
  local name passphrase out=''
  for name in ed25519 rsa ecdsa ed25519_passphrase rsa_pem_passphrase; do
    passphrase=''
    case "$name" in *_passphrase) passphrase=", \"passphrase\": $(json "$KEY_PASSPHRASE")" ;; esac
    out+="${out:+,$'\n'    }$(json "$name"): { \"path\": $(json "$STATE/id_$name")$passphrase }"
  done
  printf '%s' "$out"
}

user_json() { # user_json NAME PASSWORD SUDO DOCKER
  printf '{ "name": %s%s, "sudo": %s, "docker": %s }' "$(json "$1")" "${2:+, \"password\": $(json "$2")}" "$3" "$4"
}

# The common part: folders, tmpfs, port. Fills SSH[key]; host keys join when the server answers.
ssh_container() { # ssh_container KEY PORT_OFFSET IMAGE PASSWORDS USERS_JSON [docker options...]
  local key=$1 port=$((PORT_BASE + $2)) image=$3 passwords=$4 users=$5 name=lab-ssh-$1
  shift 5
  container "$name" "$image" --hostname "$name" -e "LAB_PASSWORDS=$passwords" -v /opt/backups \
    --tmpfs /opt/small:size=20m,mode=1777 --tmpfs /opt/readonly:ro,size=1m -p "127.0.0.1:$port:22" "$@" -- || return
  SSH[$key]="{ \"container\": $(json "$name"), \"host\": \"127.0.0.1\", \"port\": $port, \"users\": [$users]"
  AFTER+=("authorize $key $name $port")
}

DOCKER_PASSWORDS="deploy:$DEPLOY_PASSWORD
plain:$PLAIN_PASSWORD
grouped:$GROUPED_PASSWORD"
docker_users() {
  printf '%s, %s, %s, %s' "$(user_json root '' false true)" "$(user_json deploy "$DEPLOY_PASSWORD" true false)" \
    "$(user_json plain "$PLAIN_PASSWORD" false false)" "$(user_json grouped "$GROUPED_PASSWORD" false true)"
}

# As on a server, whoever logs in sees the processes of its containers.
ssh_docker() {
  ssh_container "$1" "$2" cofre-lab/host:docker "$DOCKER_PASSWORDS" "$(docker_users)" \
    --cap-add NET_ADMIN --cap-add SYS_PTRACE --pid host -v "$(engine_socket):/var/run/docker.sock"
}

ssh_own() {
  local capability
  local -a options=(--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
    --device-cgroup-rule 'a *:* rwm' -v /sys/fs/cgroup:/sys/fs/cgroup:rw -v "$OWN_VOLUME:/var/lib/docker"
    -e 'LAB_DOCKERD=--bip=10.213.0.1/24')
  for capability in "${ENGINE_CAPABILITIES[@]}"; do options+=(--cap-add "$capability"); done
  dk volume create --label "$LABEL=engine" "$OWN_VOLUME" > /dev/null
  ssh_container "$1" "$2" cofre-lab/host:docker "$DOCKER_PASSWORDS" "$(docker_users)" "${options[@]}" || return
  AFTER+=("inner_engine $1 lab-ssh-$1")
}

ssh_plain() {
  ssh_container "$1" "$2" cofre-lab/host:plain "shonly:$SHONLY_PASSWORD" \
    "$(user_json root '' false false), $(user_json shonly "$SHONLY_PASSWORD" false false)"
}

ssh_clients() { ssh_container "$1" "$2" cofre-lab/host:clients '' "$(user_json root '' false false)"; }

ssh_answers() {
  local tries banner=
  for tries in {1..150}; do
    if { exec {ssh_fd}<> "/dev/tcp/127.0.0.1/$1"; } 2> /dev/null; then
      IFS= read -r -t 2 banner <&"$ssh_fd" || true
      exec {ssh_fd}>&-
      case "$banner" in SSH-2*) return 0 ;; esac
    fi
    sleep 0.1
  done
  return 1
}

# Lets this checkout's keys in and reads the server's own; both once in the life of a container.
authorize() { # authorize KEY CONTAINER PORT
  local key=$1 name=$2 port=$3 known=$STATE/host-keys-$2 id=${FOUND_ID[$2]}
  ssh_answers "$port" || return
  if [ "$(head -n 1 "$known" 2> /dev/null)" != "$id" ]; then
    cat "$STATE"/id_*.pub | dk exec -i "$name" lab-authorize
    { echo "$id"; dk exec "$name" sh -c 'for f in /etc/ssh/ssh_host_*_key.pub; do read -r t _ < "$f"; echo "$t $(ssh-keygen -l -E sha256 -f "$f")"; done' \
      | awk '{ print $1, $3 }'; } > "$known.new"
    mv "$known.new" "$known"
  fi
  local type print list=
  while read -r type print; do
    list+="${list:+, }{ \"type\": \"$type\", \"sha256\": \"$print\" }"
  done < <(tail -n +2 "$known")
  SSH[$key]+=", \"hostKeys\": [$list]"
}

PG_INNER_PASSWORD='inner "pg" $1 `id`'
REDIS_INNER_PASSWORD='inner '"'"'redis'"'"' "pw$1"'
INNER_IMAGES=(postgres:15 redis:7)

inner_engine() { # inner_engine KEY CONTAINER   gives the server's own engine its images and containers
  local key=$1 name=$2
  SSH[$key]+=", \"inner\": { \"pg-inner\": { \"engine\": \"postgres\", \"version\": \"15\", \"user\": \"app\", \"password\": $(json "$PG_INNER_PASSWORD"), \"database\": \"inner\" }"
  SSH[$key]+=", \"redis-inner\": { \"engine\": \"redis\", \"version\": \"7\", \"password\": $(json "$REDIS_INNER_PASSWORD") } }"
  local stamp="${FOUND_ID[$name]} ${LABEL_OF[postgres:15]:-} ${LABEL_OF[redis:7]:-}" known=$STATE/inner-$name
  if [ "$(cat "$known" 2> /dev/null)" != "$stamp" ] || [ "${FOUND_STATE[$name]}" != running ]; then
    timed "the engine inside $name is ready" fill_inner "$name" "$stamp" || return
    printf '%s' "$stamp" > "$known"
  fi
}

fill_inner() { # fill_inner CONTAINER STAMP   the stamp lives inside too, for other checkouts
  local name=$1 stamp=$2 tag
  for tag in "${INNER_IMAGES[@]}"; do image_ready "$tag" || return; done
  dk exec "$name" sh -c 'i=0; until docker version > /dev/null 2>&1; do i=$((i + 1)); [ $i -lt 150 ] || exit 1; sleep 0.2; done' || return
  if [ "$(dk exec "$name" cat /etc/lab-inner 2> /dev/null)" != "$stamp" ]; then
    if [ "$(dk image inspect -f '{{.Id}}' "${INNER_IMAGES[@]}")" != "$(dk exec "$name" docker image inspect -f '{{.Id}}' "${INNER_IMAGES[@]}" 2> /dev/null)" ]; then
      timed "loaded images into $name" load_inner "$name" || return
    fi
    run_inner "$name" || return
    dk exec "$name" sh -c 'printf %s "$1" > /etc/lab-inner' - "$stamp" || return
  fi
  dk exec "$name" sh -c 'i=0; until docker exec pg-inner pg_isready -q -h 127.0.0.1 -U app -d inner && docker exec redis-inner redis-cli ping; do
    i=$((i + 1)); [ $i -lt 150 ] || exit 1; sleep 0.2; done' > /dev/null 2>&1
}

load_inner() { dk save "${INNER_IMAGES[@]}" | dk exec -i "$1" docker load -q > /dev/null; }

run_inner() {
  dk exec -i -e PG="$PG_INNER_PASSWORD" -e RD="$REDIS_INNER_PASSWORD" "$1" sh -es > /dev/null <<'SH'
docker rm -fv pg-inner redis-inner > /dev/null 2>&1 || true
label() { echo "--label com.docker.compose.project=inner --label com.docker.compose.service=$1"; }
docker run -d --name pg-inner --restart unless-stopped $(label db) -e POSTGRES_USER=app -e POSTGRES_DB=inner -e POSTGRES_PASSWORD="$PG" \
  --health-cmd 'pg_isready -h 127.0.0.1 -U app -d inner' --health-interval 1m postgres:15
docker run -d --name redis-inner --restart unless-stopped $(label cache) redis:7 redis-server --appendonly yes --requirepass "$RD"
SH
}
