# lab.json: what there is, for tests. Written beside and moved into place, so that readers never see half of it.

database_json() { # database_json NAME IMAGE ENGINE VERSION USER PASSWORD DATABASE PORT
  printf '{ "name": %s, "image": %s, "engine": %s, "version": %s, "user": %s, "password": %s, "database": %s, "host": "127.0.0.1", "port": %s' \
    "$(json "$1")" "$(json "$2")" "$(json "$3")" "$(json "$4")" "$(json_or_null "$5")" "$(json_or_null "$6")" "$(json_or_null "$7")" "$8"
}

json_or_null() { if [ -n "$1" ]; then json "$1"; else printf null; fi; }

# What a test asks for, where the image is called by another name: an engine, and before its version who stands in for it.
declare -A STAND_IN=([ferretdb]=mongodb)

images_json() {
  local line recipe tag engine version out=''
  declare -A by_engine=()
  for line in "${IMAGES[@]}"; do
    read -r _ tag recipe _ <<< "$line"
    engine=${tag%%:*} version=${tag##*:}
    engine=${engine##*/}
    [ "${tag#cofre-lab/}" = "$tag" ] && image_ready "$tag" || continue
    [ -z "${STAND_IN[$engine]:-}" ] || { version=$engine-$version; engine=${STAND_IN[$engine]}; }
    by_engine[$engine]+="${by_engine[$engine]:+, }$(json "$version"): $(json "$tag")"
  done
  for engine in $(printf '%s\n' "${!by_engine[@]}" | sort); do
    out+="${out:+,$'\n'    }$(json "$engine"): { ${by_engine[$engine]} }"
  done
  printf '%s' "$out"
}

entries() { # entries ARRAY_NAME -> lines "key": {..., "ip": "..."}
  local -n from=$1
  local key name out=''
  for key in $(printf '%s\n' "${!from[@]}" | sort); do
    name=$(sed -E 's/^\{ "(name|container)": "([^"]*)".*/\2/' <<< "${from[$key]}")
    out+="${out:+,$'\n'    }$(json "$key"): ${from[$key]}, \"ip\": $(json_or_null "${IP[$name]:-}") }"
  done
  printf '%s' "$out"
}

describe() {
  local name ip
  declare -A IP=()
  while read -r name ip; do IP[${name#/}]=$ip; done \
    < <(dk inspect -f "{{.Name}} {{(index .NetworkSettings.Networks \"$NETWORK\").IPAddress}}" "${NAMES[@]}")
  cat > "$STATE/lab.json.new" <<JSON
{
  "set": "$1",
  "docker": $(json_list "${DOCKER[@]}"),
  "network": "$NETWORK",
  "images": {
    $(images_json)
  },
  "containers": {
    $(entries DATABASE)
  },
  "ssh": {
    $(entries SSH)
  },
  "keys": {
    $(keys_json)
  }
}
JSON
  mv "$STATE/lab.json.new" "$STATE/lab.json"
}
