# shellcheck shell=bash
# Owns applying: server-side, under one manager's name; counts what really changed.

MADE_COUNT=0
CHANGED_COUNT=0
UNCHANGED_COUNT=0
readonly MOST_NAMES=3 # above this many, the log gives their count instead

# Conflicts are forced because the files are the source of truth: they undo edits by hand. Fields that others set beside
# ours stay (the replicas of an HPA, a restart's time stamp).
readonly APPLY_FLAGS=(--server-side --force-conflicts "--field-manager=$FIELD_MANAGER")

apply_step() { # STEP: everything rendered for it
  local before after
  before="$(apply_marks -f "$RENDERED/$1" -R)"
  run_apply "$(folders_of "$1")" -f "$RENDERED/$1" -R
  after="$(apply_marks -f "$RENDERED/$1" -R)"
  count_changes "$before" "$after"
}

apply_stream() { # WHAT: one object on stdin, for secrets that must not be in an argument list
  local object before after
  object="$(cat)"
  before="$(apply_marks -f - <<<"$object")"
  run_apply "$1" -f - <<<"$object"
  after="$(apply_marks -f - <<<"$object")"
  count_changes "$before" "$after"
}

run_apply() { # WHAT KUBECTL-ARGUMENTS…
  local what="$1" words status=0
  shift
  words="$(write apply "${APPLY_FLAGS[@]}" "$@" 2>&1 >/dev/null)" || status=$?
  if [[ -n "$words" ]]; then words="$(without_noise <<<"$words" | explain_older_pods)"; fi
  if [[ -n "$words" ]]; then printf '%s\n' "$words" | without_paths >&2; fi
  if ((status != 0)); then fail_step "the API server refused $what: $(last_line <<<"$words" | without_paths)"; fi
}

without_paths() { # gives files their names in the tree
  if [[ -z "$RENDERED" ]]; then cat; else sed -e "s|$RENDERED/[a-z]*/||g" -e "s|$RENDERED/||g"; fi
}

folders_of() { # STEP: most steps have one folder; for the others kubectl's output names the file
  local folder separator=''
  for folder in "$RENDERED/$1"/*; do
    printf '%s%s' "$separator" "${folder##*/}"
    separator=' or '
  done
}

# The server keeps the time of our last apply that changed something; nothing else changes that time. resourceVersion
# would not do: it moves with every status.
apply_marks() { # KUBECTL-ARGUMENTS…: "Kind namespace name uid time" per object that exists
  local kind namespace name uid time
  ask get "$@" --ignore-not-found --no-headers \
    -o custom-columns="KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name,UID:.metadata.uid,TIME:.metadata.managedFields[?(@.manager==\"$FIELD_MANAGER\")].time" |
    while read -r kind namespace name uid time; do printf '%s\n' "$kind $namespace $name $uid $time"; done
}

count_changes() { # BEFORE AFTER; without a process per object, of which there are sixty
  local line kind namespace name made='' changed='' made_count=0 changed_count=0 unchanged=0
  while read -r line; do
    if [[ -z "$line" ]]; then continue; fi
    read -r kind namespace name _ <<<"$line" # what an object keeps; the rest moves
    if [[ $'\n'"$1"$'\n' == *$'\n'"$line"$'\n'* ]]; then
      unchanged=$((unchanged + 1))
    elif [[ $'\n'"$1" == *$'\n'"$kind $namespace $name "* ]]; then
      changed="$changed $kind/$name" changed_count=$((changed_count + 1))
    else
      made="$made $kind/$name" made_count=$((made_count + 1))
    fi
  done <<<"$2"
  MADE_COUNT=$((MADE_COUNT + made_count))
  CHANGED_COUNT=$((CHANGED_COUNT + changed_count))
  UNCHANGED_COUNT=$((UNCHANGED_COUNT + unchanged))
  if [[ -n "$made" ]]; then log "$CURRENT_STEP" "made $(name_or_count "$made_count" "$made")"; fi
  if [[ -n "$changed" ]]; then log "$CURRENT_STEP" "changed$changed"; fi
  if [[ -z "$made$changed" ]]; then log "$CURRENT_STEP" "unchanged ($(counted "$unchanged" object))"; fi
}

name_or_count() { # COUNT NAMES
  if (($1 > MOST_NAMES)); then counted "$1" object; else printf '%s' "${2# }"; fi
}

print_changes() {
  if ((MADE_COUNT > 0)); then
    printf '\n%s made, %s changed, %s unchanged\n' "$(counted "$MADE_COUNT" object)" "$CHANGED_COUNT" "$UNCHANGED_COUNT"
  else
    printf '\n%s changed, %s unchanged\n' "$(counted "$CHANGED_COUNT" object)" "$UNCHANGED_COUNT"
  fi
}
