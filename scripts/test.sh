#!/bin/sh
# Everything that can be checked on this machine, in one command. With arguments, only vitest, with them:
#   npx -y pnpm@12 test packages/core/src/policy/keep.test.ts
# With CI=true every server must be there, and a missing one is a failure.
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/require-node.sh
# Each of the many processes of a run would parse the same modules again. Tests hand it on to what they start.
export NODE_COMPILE_CACHE="$PWD/node_modules/.cache/node-compile"
if [ $# -gt 0 ]; then exec vitest run "$@"; fi

failed=
report=$(mktemp -d)/vitest.json
trap 'rm -rf "$(dirname "$report")"' EXIT
CI_SET=no
case "${CI:-}" in true | 1) CI_SET=yes ;; esac

# step TITLE COMMAND...: its title first, its result and duration after; a failure is remembered, not fatal.
step() {
  title=$1
  shift
  printf '\n== %s\n' "$title"
  began=$(date +%s)
  "$@" </dev/null
  code=$?
  took=$(($(date +%s) - began))
  if [ $code -eq 0 ]; then
    echo "== $title: ok, ${took} s"
  else
    echo "== $title: exit $code, ${took} s"
  fi
  return $code
}

# must TITLE COMMAND...: a step whose failure fails the whole run, at its end.
must() {
  step "$@" || failed="$failed, $1"
}

# can TITLE COMMAND...: a step that a newcomer's machine may be unable to do (exit 3, having said what is missing).
can() {
  step "$@"
  code=$?
  if [ $code -eq 0 ]; then return 0; fi
  if [ $code -ne 3 ] || [ $CI_SET = yes ]; then failed="$failed, $1"; fi
  return 1
}

lab() {
  if [ ! -f lab/lab.sh ]; then
    echo "lab/lab.sh is not there" >&2
    return 3
  fi
  bash lab/lab.sh "$@"
}

if [ $CI_SET = yes ]; then wanted=full; else wanted=core; fi
COFRE_LAB=none
must "lint" sh scripts/lint.sh
must "types" tsc -b
must "dead code" knip --no-progress --no-config-hints
if can "lab: $wanted servers" lab up "$wanted"; then COFRE_LAB=$wanted; fi
can "lab: browser" lab browser
must "panel" sh scripts/build-panel.sh
# What the tests may expect to find: full, core or none.
export COFRE_LAB
must "tests" vitest run --reporter=default --reporter=json --outputFile.json="$report"

printf '\n'
if [ $CI_SET = no ]; then
  case "$COFRE_LAB" in
    none) echo "This ran without the lab's servers: tests that need one were skipped, see above what is missing." ;;
    *) echo "This ran against the $COFRE_LAB set of the lab's servers." ;;
  esac
  echo "CI=true npx -y pnpm@12 test adds every other engine version, and fails where a server or browser is missing."
fi
if [ -n "$failed" ]; then echo "failed: ${failed#, }"; else echo "all steps ok"; fi
node scripts/count-tests.ts "$report" || exit 1
if [ -n "$failed" ]; then exit 1; fi
