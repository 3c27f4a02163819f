# shellcheck shell=bash
# Owns `--delete`: removes everything with our label, in an order that leaves nothing hanging, then checks.

readonly CLUSTER_KINDS=apiservices,namespaces,clusterroles,clusterrolebindings
readonly NAMESPACED_KINDS=deployments,replicasets,pods,services,configmaps,secrets,serviceaccounts,roles,rolebindings,horizontalpodautoscalers,poddisruptionbudgets,networkpolicies

delete_everything() {
  choose_context
  refuse_unknown_context
  check_api_server
  check_rights delete
  take_lock
  CURRENT_STEP=delete

  # Nothing may scale up a Deployment that is being deleted.
  delete_labelled horizontalpodautoscalers -A
  # An APIService without its pod does not answer discovery, and every namespace would then hang in Terminating.
  delete_labelled apiservices
  delete_labelled deployments -A
  delete_labelled namespaces
  delete_labelled clusterrolebindings,clusterroles
  delete_labelled rolebindings -n kube-system
  check_nothing_left
  mention_linkerd
  mention_images
}

delete_labelled() { # KINDS [FLAGS…]
  local words status=0
  words="$(kube delete "$@" -l "$OURS" --ignore-not-found --wait --timeout="${TIMEOUT_SECONDS}s" 2>&1)" || status=$?
  # kubectl warns about -A for a kind without namespaces, and reports an empty result.
  words="$(grep -v -e '^No resources found' -e '^Warning: deleting cluster-scoped' <<<"$words" || true)"
  if [[ -n "$words" ]]; then printf '%s\n' "$words" | sed 's/^/  /'; fi
  if ((status != 0)); then fail_delete "$1" "$words"; fi
}

fail_delete() { # KINDS WORDS
  local stuck
  stuck="$(ask_quietly get namespaces -l "$OURS" --no-headers \
    -o custom-columns='NAME:.metadata.name,WHY:.status.conditions[?(@.status=="True")].message' | tr -s ' ' | tr '\n' ';')"
  fail_step "cannot delete $1: $(last_line <<<"$2")${stuck:+ (still there: ${stuck%;})}"
}

check_nothing_left() {
  local left
  left="$(ask get "$CLUSTER_KINDS" -l "$OURS" -o name && ask get "$NAMESPACED_KINDS" -A -l "$OURS" -o name)" ||
    fail_step "cannot see whether anything is left"
  if [[ -n "$left" ]]; then fail_step "still there: $(tr '\n' ' ' <<<"$left")"; fi
  log delete "nothing of ours is left"
}

mention_linkerd() {
  local context viz=''
  if ! linkerd_is_in_cluster; then return 0; fi
  context="--context $(printf '%q' "$CONTEXT")"
  if viz_is_in_cluster; then viz="linkerd $context viz uninstall | kubectl $context delete -f - ; "; fi
  printf 'Linkerd stays. To remove it from the cluster: %slinkerd %s uninstall | kubectl %s delete -f -\n' \
    "$viz" "$context" "$context"
}
