#!/bin/sh
# Starts the control plane on the workspace's own Node, building the panel first when its sources changed.
set -eu
cd "$(dirname "$0")/.."
. scripts/require-node.sh
sh scripts/build-panel.sh
exec node apps/api/src/main.ts "$@"
