# shellcheck shell=bash
# Owns the checks before anything changes: tools, context, API server, version, rights, and objects of others.

readonly KUBERNETES_MINIMUM="1.29" # from here on native sidecars, such as Linkerd's proxies, are enabled by default
readonly CUSTOM_METRICS_API=v1beta1.custom.metrics.k8s.io
readonly NAMESPACES="prometheus grpc-server envoy grpc-client grafana"

check_cluster() {
  choose_context
  refuse_unknown_context
  check_api_server
  check_rights create patch # a server-side apply is a patch
  check_namespaces
  check_nobody_elses_custom_metrics
  decide_mesh
  check_image_way
  need_command openssl "it makes the adapter's certificate and Grafana's password"
}

choose_context() {
  need_command kubectl "https://kubernetes.io/docs/tasks/tools/ (or run the system without a cluster: ./deploy-all.sh --local)"
  if [[ "$CONTEXT_WAS_NAMED" == true ]]; then
    if ! kubectl config get-contexts "$CONTEXT" >/dev/null 2>&1; then
      die_usage "kubectl knows no context '$CONTEXT'; it has: $(known_contexts)"
    fi
  elif ! CONTEXT="$(kubectl config current-context 2>/dev/null)"; then
    die "kubectl has no current context: start a cluster ('minikube start'), or name a context with --context; kubectl knows: $(known_contexts). Without a cluster: ./deploy-all.sh --local"
  fi
  # kubectl may be a wrapper that picks another context, so the address is read for this one.
  SERVER="$(kubectl config view --minify --context "$CONTEXT" -o 'jsonpath={.clusters[0].cluster.server}')"
}

known_contexts() {
  local names
  names="$(kubectl config get-contexts -o name 2>/dev/null | tr '\n' ' ')" || true
  printf '%s' "${names:-none}"
}

refuse_unknown_context() {
  if [[ "$CONTEXT_WAS_NAMED" == true || "$ASSUME_YES" == true ]] || is_local_context "$CONTEXT"; then return 0; fi
  die_usage "the current context '$CONTEXT' ($SERVER) is not a local cluster: add --context $CONTEXT if you mean it"
}

is_local_context() { # CONTEXT
  case "$1" in minikube | kind-* | docker-desktop | rancher-desktop | orbstack) return 0 ;; *) return 1 ;; esac
}

check_api_server() {
  local answer version
  if ! answer="$(kube --request-timeout=10s get --raw /version 2>&1)"; then
    die "the API server of context '$CONTEXT' ($SERVER) does not answer; is it running? $(last_line <<<"$answer"). Without a cluster: ./deploy-all.sh --local"
  fi
  version="$(sed -n 's/.*"gitVersion": *"v\{0,1\}\([0-9][^"]*\)".*/\1/p' <<<"$answer")"
  if [[ -z "$version" ]] || ! version_at_least "$version" "$KUBERNETES_MINIMUM"; then
    die "Kubernetes $KUBERNETES_MINIMUM or newer is needed; $SERVER says '${version:-no version}'"
  fi
  log preflight "context $CONTEXT, $SERVER, Kubernetes $version"
}

check_rights() { # VERBS…
  local missing='' verb what
  if [[ "$(ask auth can-i '*' '*' --all-namespaces 2>/dev/null)" == yes ]]; then return 0; fi
  for verb in "$@"; do
    for what in namespaces clusterroles.rbac.authorization.k8s.io clusterrolebindings.rbac.authorization.k8s.io \
      apiservices.apiregistration.k8s.io; do
      if ! may "$verb" "$what"; then missing="$missing, $verb $what"; fi
    done
    for what in deployments.apps services configmaps secrets serviceaccounts roles.rbac.authorization.k8s.io \
      rolebindings.rbac.authorization.k8s.io networkpolicies.networking.k8s.io poddisruptionbudgets.policy \
      horizontalpodautoscalers.autoscaling; do
      if ! may "$verb" "$what" -n grpc-server; then missing="$missing, $verb $what"; fi
    done
    if ! may "$verb" rolebindings.rbac.authorization.k8s.io -n kube-system; then
      missing="$missing, $verb rolebindings in kube-system"
    fi
  done
  if [[ -n "$missing" ]]; then die "context '$CONTEXT' lacks the rights: ${missing#, }"; fi
}

may() { # VERB RESOURCE [FLAGS…]
  [[ "$(ask auth can-i "$@" 2>/dev/null)" == yes ]]
}

# Others use the names "prometheus" and "grafana" too. --delete removes namespaces, so none is taken over silently.
check_namespaces() {
  local foreign='' going='' found name phase part
  # shellcheck disable=SC2086 # one argument per name
  found="$(ask get namespaces $NAMESPACES --ignore-not-found --no-headers \
    -o custom-columns='NAME:.metadata.name,PHASE:.status.phase,PART:.metadata.labels.app\.kubernetes\.io/part-of')"
  while read -r name phase part; do
    if [[ -n "$name" && "$part" != "$PART_OF" ]]; then foreign="$foreign $name"; fi
    if [[ "$phase" == Terminating ]]; then going="$going $name"; fi
  done <<<"$found"
  if [[ -n "$foreign" ]]; then
    die "namespace${foreign} exists and is not ours; to hand it over: kubectl --context $CONTEXT label namespace${foreign} $OURS"
  fi
  if [[ -n "$going" ]]; then
    die "namespace${going} is still being deleted; run this again when it is gone (or --delete, which waits)"
  fi
}

check_nobody_elses_custom_metrics() {
  local owner
  if is_left_out adapter; then return 0; fi
  owner="$(ask get apiservice "$CUSTOM_METRICS_API" --ignore-not-found \
    -o 'jsonpath={.spec.service.namespace}/{.spec.service.name}')"
  case "$owner" in
  '' | prometheus/prometheus-adapter) return 0 ;;
  esac
  die "APIService $CUSTOM_METRICS_API belongs to service $owner; a cluster has room for one (remove it, or use --without adapter)"
}
