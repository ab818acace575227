# Read by the other scripts, never run alone. Node 24 comes with the dependencies; an older one cannot run our
# TypeScript sources, and its own message about that names neither the cause nor the remedy.
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
found=$(node --version 2>/dev/null || echo none)
case "$found" in
  v24.*) ;;
  *)
    echo "Cofre needs Node 24 from its own dependencies, found $found: run 'npx -y pnpm@12 install' and look at its errors" >&2
    exit 1
    ;;
esac
