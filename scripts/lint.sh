#!/bin/sh
# Format, lint and house style. Both checkers always run, so that one visit shows everything.
cd "$(dirname "$0")/.." || exit 1
. scripts/require-node.sh
failed=0
biome check --max-diagnostics=200 . || failed=1
node scripts/check-style.ts || failed=1
exit $failed
