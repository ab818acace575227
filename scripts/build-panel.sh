#!/bin/sh
# Builds the panel unless what stands in apps/web/dist was built from exactly these sources.
set -eu
cd "$(dirname "$0")/.."
. scripts/require-node.sh
stamp=apps/web/dist/.sources

sources() {
  find apps/web packages/sdk/src packages/core/src/model \
    \( -name node_modules -o -name dist -o -name .tsbuild -o -name test \) -prune -o \
    -type f ! -name '*.test.ts' ! -name '*.test.tsx' -exec cksum {} +
  cksum pnpm-lock.yaml
}

now=$(sources | LC_ALL=C sort | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then
  exit 0
fi
if [ -f "$stamp" ]; then why="its sources changed"; else why="there is none yet"; fi
echo "panel: building, $why"
(cd apps/web && ./node_modules/.bin/vite build --logLevel warn)
echo "$now" >"$stamp"
