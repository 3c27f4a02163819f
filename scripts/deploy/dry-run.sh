# shellcheck shell=bash
# Owns `--dry-run`: asks the API server what a run would change. Changes nothing.

show_what_would_change() {
  local step
  check_cluster
  render_manifests
  if ! is_left_out adapter; then
    # The APIService in the cluster has the certificate in use; without it the comparison would show a false difference.
    read_adapter_certificate "$WORK"
    if [[ -s "$WORK/ca.crt" ]]; then add_ca_bundle "$WORK"; fi
  fi
  CURRENT_STEP=validate
  validate_manifests
  CURRENT_STEP=''
  printf '\n'
  for step in $(rendered_steps); do print_difference "$step"; done
  printf '\nNothing was changed. Images, secrets and waits are not part of a dry run.\n'
  if [[ "$INSTALL_LINKERD" == true ]]; then printf 'Linkerd would be installed, for the whole cluster.\n'; fi
  if [[ "$INSTALL_VIZ" == true ]]; then printf "Linkerd's dashboard would be installed.\n"; fi
}

print_difference() { # STEP
  local words status=0 roll
  roll="$(describe_roll "$1")"
  # Only the names are needed; a `diff` that the user has configured may print more.
  words="$(KUBECTL_EXTERNAL_DIFF='' kube diff --server-side --force-conflicts --field-manager="$FIELD_MANAGER" \
    -f "$RENDERED/$1" -R 2>&1)" || status=$?
  case "$status" in
  0) log "$1" "${roll:-nothing would change}" ;;
  1) log "$1" "would $(differences <<<"$words")${roll:+, and $roll}" ;;
  *) if [[ "$words" == *'namespaces "'*'" not found'* ]]; then
    log "$1" "would make $(counted "$(count_files "$1")" object), once the namespace is there"
  else
    CURRENT_STEP="$1"
    fail_step "cannot compare $(folders_of "$1") with the cluster: $(without_noise <<<"$words" | last_line | without_paths)"
  fi ;;
  esac
}

# kubectl names a file per object, "apps.v1.Deployment.NAMESPACE.NAME"; only the kind begins with a capital letter. A
# new object has no lines of old text.
differences() { # on stdin what diff says: "make Service/a; change ConfigMap/b, Deployment/c"
  awk '
    /^diff / {
      name = $(NF)
      sub(/.*\//, "", name)
      match(name, /[A-Z][A-Za-z]*\./)
      kind = substr(name, RSTART, RLENGTH - 1)
      rest = substr(name, RSTART + RLENGTH)
      object = kind "/" substr(rest, index(rest, ".") + 1)
    }
    /^@@ / && object != "" {
      if ($2 ~ /^-0,0/) made = made ", " object
      else changed = changed ", " object
      object = ""
    }
    END {
      if (made != "") printf "make %s", substr(made, 3)
      if (made != "" && changed != "") printf "; "
      if (changed != "") printf "change %s", substr(changed, 3)
    }'
}

count_files() { # STEP
  find "$RENDERED/$1" -name '*.yaml' | grep -c .
}
