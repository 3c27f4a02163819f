# shellcheck shell=bash
# Owns the mesh: whether there is one, installing it, and saying which pods are really in it.

# The release that Linkerd's documentation names as fit for 2.18 and later.
readonly GATEWAY_API_CRDS=https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml
readonly MESHED_WORKLOADS="grpc-client/grpc-client envoy/envoy grpc-server/grpc-server"

decide_mesh() {
  MESH=false INSTALL_LINKERD=false
  if [[ "$LINKERD" == off ]]; then return 0; fi
  if [[ "$LINKERD" == on ]]; then need_command linkerd "https://linkerd.io/2/getting-started/ (or leave the mesh out: --linkerd off)"; fi
  if wants_step linkerd && command -v linkerd >/dev/null 2>&1; then
    MESH=true INSTALL_LINKERD=true
  elif linkerd_is_in_cluster; then
    MESH=true
  fi
}

linkerd_is_in_cluster() {
  [[ -n "$(ask_quietly get mutatingwebhookconfigurations linkerd-proxy-injector-webhook-config --ignore-not-found -o name)" ]]
}

install_linkerd() {
  if [[ "$INSTALL_LINKERD" == false ]]; then
    explain_mesh
    return 0
  fi
  if linkerd_is_in_cluster; then
    log linkerd "is in the cluster already"
  else
    mesh check --pre || fail_step "'linkerd check --pre' found a reason not to install Linkerd; it is above"
    if [[ -z "$(ask_quietly get crd httproutes.gateway.networking.k8s.io --ignore-not-found -o name)" ]]; then
      kube apply --server-side -f "$GATEWAY_API_CRDS" >/dev/null || fail_step "cannot apply $GATEWAY_API_CRDS"
    fi
    install_manifest "Linkerd's CRDs" install --crds
    # Clusters whose nodes run Docker, minikube's default among them, need root to set up the pods' traffic redirection.
    install_manifest "Linkerd's control plane" install --set proxyInit.runAsRoot=true
  fi
  if [[ -z "$(ask_quietly get namespace linkerd-viz --ignore-not-found -o name)" ]]; then
    install_manifest "Linkerd's dashboard" viz install
  fi
  log linkerd "checking (its first start takes a few minutes)"
  mesh check --wait "${TIMEOUT_SECONDS}s" || fail_step "'linkerd check' fails; its words are above"
}

explain_mesh() {
  if [[ "$LINKERD" == off ]]; then
    log linkerd "off: pods get no proxy, the client balances over the Envoys by itself"
  elif [[ "$MESH" == true ]]; then
    log linkerd "is in the cluster already; without its CLI it is used as it is"
  else
    log linkerd "no Linkerd CLI on PATH: no mesh, the client balances over the Envoys by itself"
  fi
}

mesh() {
  linkerd --context "$CONTEXT" "$@"
}

install_manifest() { # WHAT LINKERD-ARGUMENTS…
  local what="$1"
  shift
  log linkerd "installing $what"
  mesh "$@" >"$WORK/linkerd.yaml" || fail_step "'linkerd $*' failed"
  kube apply -f "$WORK/linkerd.yaml" >/dev/null || fail_step "the API server refused $what"
}

# The injector only sees pods being made, and lets them through bare when it is not there: pods older than the mesh are
# rolled once.
ensure_meshed() { # NAMESPACE DEPLOYMENT
  if [[ "$MESH" == false ]] || [[ "$(count_meshed "$1" "$2")" == "$(count_running "$1" "$2")" ]]; then return 0; fi
  log "$CURRENT_STEP" "pods older than the mesh: rolling deployment/$2"
  kube -n "$1" rollout restart "deployment/$2" >/dev/null
  wait_for_rollout "$1" "$2"
  if [[ "$(count_meshed "$1" "$2")" != "$(count_running "$1" "$2")" ]]; then
    warn "some pods of deployment/$2 are still without Linkerd's proxy; see 'linkerd check --proxy'"
  fi
}

count_meshed() { # NAMESPACE DEPLOYMENT: its proxy is a native sidecar, hence an init container, since Linkerd 2.20
  running_containers "$1" "$2" | grep -c linkerd-proxy || true
}

count_running() { # NAMESPACE DEPLOYMENT
  running_containers "$1" "$2" | grep -c . || true
}

running_containers() { # NAMESPACE DEPLOYMENT: one line per running pod that is not being stopped
  ask_quietly -n "$1" get pods -l "app.kubernetes.io/name=$2" --field-selector=status.phase=Running --no-headers \
    -o custom-columns='STOPPING:.metadata.deletionTimestamp,SIDECARS:.spec.initContainers[*].name,CONTAINERS:.spec.containers[*].name' |
    grep '^<none>' || true
}

describe_mesh() { # one line for the verdict
  local workload words=''
  if [[ "$MESH" == false ]]; then
    printf 'none'
    return 0
  fi
  for workload in $MESHED_WORKLOADS; do
    words="$words, ${workload#*/} $(count_meshed "${workload%/*}" "${workload#*/}")/$(count_running "${workload%/*}" "${workload#*/}")"
  done
  printf 'Linkerd, pods with its proxy: %s' "${words#, }"
}
