#!/bin/sh
# Starts the control plane on the workspace's own Node, building the panel first when its sources changed.
set -eu
cd "$(dirname "$0")/.."
. scripts/require-node.sh
sh scripts/build-panel.sh
# What Node parsed is kept for the next start.
export NODE_COMPILE_CACHE="$PWD/node_modules/.cache/node-compile"
exec node apps/api/src/main.ts "$@"
