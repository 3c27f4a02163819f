# shellcheck shell=bash
# Owns what must be released however the script ends: the lock against a second run and the temporary folder.
# The lock is a symbolic link on this machine, named after the API server; its target is the owner's process id. It
# is made in one step or not at all. A lock whose owner is gone does not count.

WORK=''
LOCK=''

make_work_folder() {
  if [[ -n "$WORK" ]]; then return 0; fi
  WORK="$(mktemp -d "${TMPDIR:-/tmp}/deploy-all.XXXXXX")"
  trap give_back EXIT
}

give_back() {
  if [[ -n "$LOCK" ]]; then rm -f "$LOCK"; fi
  if [[ -n "$WORK" ]]; then rm -rf "$WORK"; fi
}

take_lock() {
  local link owner
  make_work_folder
  link="${TMPDIR:-/tmp}/deploy-all.$(id -u).$(cksum <<<"$SERVER" | awk '{print $1}').lock"
  if ! ln -s "$$" "$link" 2>/dev/null; then
    owner="$(readlink "$link" 2>/dev/null || true)"
    if is_running "$owner"; then refuse_second_run "$owner"; fi
    set_aside_lock "$link" "$owner"
    ln -s "$$" "$link" 2>/dev/null || refuse_second_run "$(readlink "$link" 2>/dev/null || true)"
  fi
  LOCK="$link"
}

# Two runs may find the same abandoned lock; the slower one must not take away the lock that the faster one made since.
set_aside_lock() { # LINK OWNER
  local taken
  mv "$1" "$WORK/abandoned-lock" 2>/dev/null || return 0
  taken="$(readlink "$WORK/abandoned-lock")"
  if [[ "$taken" != "$2" ]]; then
    ln -s "$taken" "$1" 2>/dev/null || true
    refuse_second_run "$taken"
  fi
}

refuse_second_run() { # PID
  die "another run (process $1) is changing $SERVER; wait for it, or stop it"
}

is_running() { # PID: and it is this script, not a later process that was given the same number
  local command
  [[ -n "$1" ]] && kill -0 "$1" 2>/dev/null || return 1
  command="$(ps -p "$1" -o command= 2>/dev/null)" || return 0 # no ps here: better to refuse than to run twice
  [[ "$command" == *deploy-all* ]]
}
