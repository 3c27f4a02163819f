# shellcheck shell=bash
# Owns `--status`: what is in the cluster, as kubectl prints it. Reads only.

show_status() {
  choose_context
  check_api_server
  print_section "deployments" get deployments -A -l "$OURS" \
    -o custom-columns='NAMESPACE:.metadata.namespace,NAME:.metadata.name,READY:.status.readyReplicas,DESIRED:.spec.replicas,IMAGE:.spec.template.spec.containers[*].image'
  print_section "autoscalers" get hpa -A -l "$OURS"
  print_section "custom metrics API" get apiservice "$CUSTOM_METRICS_API" --ignore-not-found
  printf '\nmesh\n  %s\n' "$(show_mesh)"
  print_envoy_view
  printf '\nreplies in the last %s s\n' "$REPLIES_FROM_SECONDS"
  local replies
  replies="$(replies_per_pod)"
  if [[ -z "$replies" ]]; then
    printf '  none\n'
  else
    awk '{printf "  %-50s %s\n", $2, $1}' <<<"$replies"
  fi
}

print_section() { # TITLE KUBECTL-ARGUMENTS…
  local words
  printf '\n%s\n' "$1"
  shift
  words="$(ask "$@" 2>&1)" || true
  printf '%s\n' "${words:-none}" | sed 's/^/  /'
}
