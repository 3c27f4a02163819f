# shellcheck shell=bash
# Owns the script's own log lines and its exit codes: 0 done, 1 failed, 2 called wrongly.

paint() { # COLOUR TEXT: only on a terminal, so that logs and pipes stay plain
  if [[ -t 1 && -z "${NO_COLOR:-}" && "${TERM:-dumb}" != dumb ]]; then
    printf '\033[%sm%s\033[0m' "$1" "$2"
  else
    printf '%s' "$2"
  fi
}

log() { # STEP TEXT
  printf '%s %s\n' "$(paint '1;34' "==> [$1]")" "$2"
}

counted() { # COUNT NOUN: "1 pod", "3 pods"
  if (($1 == 1)); then printf '1 %s' "$2"; else printf '%s %ss' "$1" "$2"; fi
}

warn() { # TEXT
  printf 'deploy-all.sh: note: %s\n' "$1" >&2
}

die() { # TEXT: the one clear sentence
  printf 'deploy-all.sh: %s\n' "$1" >&2
  exit 1
}

die_usage() { # TEXT: the caller has to change an option or the context first
  printf 'deploy-all.sh: %s\n' "$1" >&2
  exit 2
}

need_command() { # COMMAND WHERE-TO-GET-IT
  command -v "$1" >/dev/null 2>&1 || die "'$1' is not on PATH: $2"
}

version_at_least() { # FOUND WANTED: compares major.minor only
  local found_major found_minor wanted_major wanted_minor rest
  IFS=. read -r found_major found_minor rest <<<"$1"
  IFS=. read -r wanted_major wanted_minor rest <<<"$2"
  found_minor="${found_minor%%[!0-9]*}" # cloud providers write "29+"
  ((found_major > wanted_major || (found_major == wanted_major && found_minor >= wanted_minor)))
}
