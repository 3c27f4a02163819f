# shellcheck shell=bash
# Owns `--local`: the system as processes on this machine. Knows Node and npm; knows nothing of Kubernetes.

# Also in package.json ("engines"), but npm checks that too late and prints too much.
readonly NODE_MINIMUM="20.19"

need_node() {
  local found
  command -v node >/dev/null 2>&1 ||
    die "--local needs Node ${NODE_MINIMUM} or newer, and 'node' is not on PATH (https://nodejs.org)"
  found="$(node -p 'process.versions.node')" || die "'node -p process.versions.node' failed; is this Node?"
  version_at_least "$found" "$NODE_MINIMUM" ||
    die "--local needs Node ${NODE_MINIMUM} or newer; $(command -v node) is ${found}"
}

# Compares what npm installed with what the lockfile asks for. File times would lie: a checkout touches the lockfile.
packages_are_installed() {
  [[ -f "$ROOT/node_modules/.package-lock.json" ]] || return 1
  node -e '
    const [wanted, installed] = process.argv.slice(1).map((file) => require(file).packages);
    const missing = ([path, entry]) => path !== "" && !entry.optional && installed[path]?.version !== entry.version;
    process.exit(Object.entries(wanted).some(missing) ? 1 : 0);
  ' "$ROOT/package-lock.json" "$ROOT/node_modules/.package-lock.json"
}

install_packages() {
  if packages_are_installed; then return 0; fi
  need_command npm "it comes with Node"
  # On stderr, so that what the local stack prints can be piped.
  log local "installing npm packages (once; a minute or so)" >&2
  (cd "$ROOT" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
    die "npm ci failed in $ROOT; its output is above. Nothing was started"
}

# The working folder stays the caller's, so a relative path in an argument works. All other paths are absolute.
run_locally() {
  need_node
  install_packages
  export TS_NODE_PROJECT="$ROOT/tsconfig.json"
  exec node -r "$ROOT/node_modules/ts-node/register/transpile-only.js" "$ROOT/local/main.ts" "$@"
}
