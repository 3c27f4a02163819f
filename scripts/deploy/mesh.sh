# shellcheck shell=bash
# Owns what the mesh means for our pods: whether to have one, which pods are in it, and rolling those that differ.
# Knows nothing of how a mesh is installed.

readonly MESHED_WORKLOADS="grpc-client/grpc-client envoy/envoy grpc-server/grpc-server"

# Sets MESH (our pods get proxies), INSTALL_LINKERD and INSTALL_VIZ. A mesh belongs to the whole cluster: we use what
# is there, and install only what the user asked for.
decide_mesh() {
  MESH=false INSTALL_LINKERD=false INSTALL_VIZ=false
  if [[ "$LINKERD" == off ]]; then return 0; fi
  if is_linkerd_to_be_seen; then MESH=true; fi
  if [[ "$LINKERD" == auto ]]; then return 0; fi
  if [[ "$MESH" == false ]]; then MESH=true INSTALL_LINKERD=true; fi
  if [[ "$LINKERD_VIZ" == true ]] && ! viz_is_in_cluster; then INSTALL_VIZ=true; fi
  if [[ "$INSTALL_LINKERD" == true || "$INSTALL_VIZ" == true ]]; then check_installing_is_meant; fi
}

# A missing answer must not count as "no mesh": the pods would be rolled out of the mesh that they are in.
is_linkerd_to_be_seen() {
  local answer
  if answer="$(find_injector)"; then
    [[ -n "$answer" ]]
    return
  fi
  if may get mutatingwebhookconfigurations.admissionregistration.k8s.io; then
    die "the API server did not say whether Linkerd is in the cluster; run this again"
  fi
  warn "context '$CONTEXT' may not read MutatingWebhookConfigurations, so this run assumes that Linkerd is not in the cluster"
  return 1
}

linkerd_is_in_cluster() {
  [[ -n "$(find_injector || true)" ]]
}

find_injector() { # its webhook's name, or nothing if there is none; fails when it could not be read
  ask get mutatingwebhookconfigurations linkerd-proxy-injector-webhook-config --ignore-not-found -o name 2>/dev/null
}

ensure_mesh() { # NAMESPACE DEPLOYMENT: the injector acts when a pod starts, so older pods are rolled
  look_at_pods "$1" "$2" || fail_step "cannot see which pods of deployment/$2 have Linkerd's proxy"
  if pods_are_as_wanted; then return 0; fi
  log "$CURRENT_STEP" "rolling deployment/$2, because $(describe_difference)"
  kube -n "$1" rollout restart "deployment/$2" >/dev/null
  wait_for_rollout "$1" "$2"
  if ! is_waited_for "$CURRENT_STEP"; then return 0; fi
  look_at_pods "$1" "$2" || fail_step "cannot see which pods of deployment/$2 have Linkerd's proxy"
  if pods_are_as_wanted; then return 0; fi
  if [[ "$MESH" == true ]]; then
    warn "deployment/$2 was rolled, and still $(describe_difference); see 'linkerd check --proxy'"
  else
    warn "deployment/$2 was rolled, and still $(describe_difference); does its pod template ask for one?"
  fi
}

look_at_pods() { # NAMESPACE DEPLOYMENT: sets RUNNING_PODS, without those being stopped, and how many of them are MESHED_PODS
  local lines
  # Since Linkerd 2.20 the proxy is a native sidecar, hence an init container.
  lines="$(ask -n "$1" get pods -l "app.kubernetes.io/name=$2" --field-selector=status.phase=Running --no-headers \
    -o custom-columns='STOPPING:.metadata.deletionTimestamp,SIDECARS:.spec.initContainers[*].name,CONTAINERS:.spec.containers[*].name' \
    2>/dev/null)" || return 1
  lines="$(grep '^<none>' <<<"$lines" || true)"
  RUNNING_PODS="$(grep -c . <<<"$lines" || true)"
  MESHED_PODS="$(grep -c linkerd-proxy <<<"$lines" || true)"
}

# Once a namespace is restricted, the API server warns of each pod in it that it would refuse now. The proxies are no
# surprise here, and a new user would think that the list is an error.
explain_older_pods() {
  awk '
    /^Warning: existing pods in namespace .* violate the new PodSecurity enforce level/ {
      print "namespace " $6 " now accepts only \"restricted\" pods; pods with a proxy of Linkerd are rolled below"
      listing = 1
      next
    }
    listing && /^Warning: [a-z0-9.-]+( \(and [0-9]+ other pods?\))?: / { next }
    { listing = 0; print }'
}

pods_are_as_wanted() { # as last looked at
  if [[ "$MESH" == true ]]; then ((MESHED_PODS == RUNNING_PODS)); else ((MESHED_PODS == 0)); fi
}

describe_difference() { # of the pods as last looked at, where they are not as wanted
  if [[ "$MESH" == true ]]; then
    printf "%s of %s pods lack Linkerd's proxy" "$((RUNNING_PODS - MESHED_PODS))" "$RUNNING_PODS"
  else
    printf "%s of %s pods have Linkerd's proxy" "$MESHED_PODS" "$RUNNING_PODS"
  fi
}

describe_roll() { # STEP: what a run would roll for the mesh's sake; nothing where it would not
  local workload
  case "$1" in
  server) workload=grpc-server/grpc-server ;;
  envoy) workload=envoy/envoy ;;
  client) workload=grpc-client/grpc-client ;;
  *) return 0 ;;
  esac
  if ! look_at_pods "${workload%/*}" "${workload#*/}"; then
    printf 'its pods might be rolled: they could not be read'
  elif ! pods_are_as_wanted; then
    printf 'its pods would be rolled (%s)' "$(describe_difference)"
  fi
}

# With --only the namespaces change for all boxes, and the pods of one.
mention_mixed_pods() {
  local workload
  if [[ -z "$ONLY_STEP" ]]; then return 0; fi
  for workload in $MESHED_WORKLOADS; do
    if look_at_pods "${workload%/*}" "${workload#*/}" && ! pods_are_as_wanted; then
      warn "in deployment/${workload#*/} $(describe_difference); a run without --only rolls it"
    fi
  done
}

describe_mesh() { # one line for the verdict
  local pods
  pods="$(list_proxies)"
  if [[ "$MESH" == true ]]; then
    printf "Linkerd, pods with its proxy: %s" "$pods"
  elif has_proxies "$pods"; then
    printf "none wanted, but pods with Linkerd's proxy: %s" "$pods"
  else
    printf 'none'
  fi
}

show_mesh() { # for --status, which only reports what there is
  local pods linkerd='Linkerd is not in the cluster'
  if linkerd_is_in_cluster; then linkerd='Linkerd is in the cluster'; fi
  pods="$(list_proxies)"
  if has_proxies "$pods"; then
    printf "%s; pods with its proxy: %s" "$linkerd" "$pods"
  else
    printf '%s; no pod has its proxy' "$linkerd"
  fi
}

list_proxies() { # "envoy 2/2, …": pods with the proxy, of those that run
  local workload words=''
  for workload in $MESHED_WORKLOADS; do
    if look_at_pods "${workload%/*}" "${workload#*/}"; then
      words="$words, ${workload#*/} $MESHED_PODS/$RUNNING_PODS"
    else
      words="$words, ${workload#*/} unknown"
    fi
  done
  printf '%s' "${words#, }"
}

has_proxies() { # LIST: pods that could not be read count as having one
  [[ "$1" =~ \ [1-9][0-9]*/ || "$1" == *unknown* ]]
}
