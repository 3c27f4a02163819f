# shellcheck shell=bash
# Owns what is a program of Node: --local, adopt, doctor. Knows Node and npm; knows nothing of Kubernetes.

# Also in package.json ("engines"), but npm checks that too late and prints too much.
readonly NODE_MINIMUM="20.19"

need_node() { # WORD: what was asked for
  local found
  command -v node >/dev/null 2>&1 ||
    die "$1 needs Node ${NODE_MINIMUM} or newer, and 'node' is not on PATH (https://nodejs.org)"
  found="$(node -p 'process.versions.node')" || die "'node -p process.versions.node' failed; is this Node?"
  version_at_least "$found" "$NODE_MINIMUM" ||
    die "$1 needs Node ${NODE_MINIMUM} or newer; $(command -v node) is ${found}"
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

install_packages() { # STEP
  if packages_are_installed; then return 0; fi
  need_command npm "it comes with Node"
  # On stderr, so that what the program prints can be piped.
  log "$1" "installing npm packages (once; a minute or so)" >&2
  (cd "$ROOT" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
    die "npm ci failed in $ROOT; its output is above. Nothing was started"
}

# The working folder and standard input stay the caller's, so that a path given to the program means what it says;
# everything of ours is absolute.
run_program() { # FOLDER WORD [ARGUMENT...]: its main.ts; WORD is how the caller asked for it
  local folder="$1" word="$2"
  shift 2
  need_node "$word"
  install_packages "$folder"
  export TS_NODE_PROJECT="$ROOT/tsconfig.json"
  exec node -r "$ROOT/node_modules/ts-node/register/transpile-only.js" "$ROOT/$folder/main.ts" "$@"
}
