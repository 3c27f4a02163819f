# shellcheck shell=bash
# Owns `--dry-run`: what a run would change, by the API server's own judgement. Changes nothing.

show_what_would_change() {
  local step
  check_cluster
  render_manifests
  if ! is_left_out adapter; then
    # The certificate in use belongs to what is there; without one the difference would be a false one.
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
  local words status=0 names roll
  roll="$(describe_roll "$1")"
  # Only the names are wanted, and whatever `diff` the user has set would print more.
  words="$(KUBECTL_EXTERNAL_DIFF='' kube diff --server-side --force-conflicts --field-manager="$FIELD_MANAGER" \
    -f "$RENDERED/$1" -R 2>&1)" || status=$?
  names="$(sed -n 's|^diff .*/LIVE-[0-9]*/\([^ ]*\) .*|\1|p' <<<"$words" | tr '\n' ' ')"
  case "$status" in
  0) log "$1" "${roll:-nothing would change}" ;;
  1) log "$1" "would change: $names${roll:+and $roll}" ;;
  *) log "$1" "would be made anew, its namespace included ($(count_files "$1") objects)" ;;
  esac
}

count_files() { # STEP
  find "$RENDERED/$1" -name '*.yaml' | grep -c .
}
