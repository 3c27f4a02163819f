# shellcheck shell=bash
# Owns Linkerd itself: it installs Linkerd and its dashboard where the user asked for them, and runs Linkerd's checks.

# Linkerd's CLI names the release of these CRDs that it was built with. This is the default for a CLI that names none.
readonly GATEWAY_API_RELEASES=https://github.com/kubernetes-sigs/gateway-api/releases/download
readonly GATEWAY_API_VERSION=v1.5.1

viz_is_in_cluster() {
  [[ -n "$(ask_quietly get namespace linkerd-viz --ignore-not-found -o name)" ]]
}

check_installing_is_meant() {
  if ! wants_step linkerd; then
    die_usage "--linkerd on: not all of it is in the cluster, and --only $ONLY_STEP does not install it"
  fi
  if [[ "$LINKERD_CLUSTER_WIDE" == false ]] && ! is_local_context "$CONTEXT"; then
    die_usage "--linkerd on would install Linkerd for the whole cluster '$CONTEXT', which is not a local one: add --linkerd-cluster-wide if you mean it"
  fi
  need_command linkerd "https://linkerd.io/2/getting-started/ (or leave the mesh out: --linkerd off)"
}

install_linkerd() {
  explain_mesh
  if [[ "$INSTALL_LINKERD" == true ]]; then
    # The checks count missing CRDs of the Gateway API as fatal since edge-26.7.1, so these come first.
    apply_gateway_api
    check_linkerd "'linkerd check --pre' found a reason not to install Linkerd" --pre
    install_manifest "Linkerd's CRDs" install --crds
    # Clusters whose nodes run Docker need root to set up the pods' traffic redirection.
    install_manifest "Linkerd's control plane" install --set proxyInit.runAsRoot=true ${LINKERD_VALUES[@]+"${LINKERD_VALUES[@]}"}
  elif ((${#LINKERD_VALUES[@]} > 0)); then
    warn "Linkerd is in the cluster already, so --linkerd-set changes nothing; 'linkerd upgrade --set … | kubectl apply -f -' would"
  fi
  if [[ "$INSTALL_VIZ" == true ]]; then install_manifest "Linkerd's dashboard" viz install; fi
  if [[ "$MESH" == true ]] && command -v linkerd >/dev/null 2>&1; then
    log linkerd "running 'linkerd check'$(if [[ "$INSTALL_LINKERD" == true ]]; then printf ' (its first start takes a few minutes)'; fi)"
    check_linkerd "'linkerd check' fails (--linkerd off leaves the mesh out)"
    log linkerd "'linkerd check' passes"
  fi
}

explain_mesh() {
  if [[ "$LINKERD" == off ]]; then
    log linkerd "off: pods get no proxy, the client balances over the Envoys by itself"
  elif [[ "$INSTALL_LINKERD" == true ]]; then
    log linkerd "is not in the cluster; it will be installed"
  elif [[ "$MESH" == true ]]; then
    log linkerd "is in the cluster: pods get its proxy"
  else
    log linkerd "is not in the cluster: no mesh, the client balances over the Envoys by itself (--linkerd on installs it)"
  fi
}

apply_gateway_api() {
  local source
  if [[ -n "$(ask_quietly get crd httproutes.gateway.networking.k8s.io --ignore-not-found -o name)" ]]; then return 0; fi
  source="$(gateway_api_source)"
  log linkerd "applying the Gateway API's CRDs, which Linkerd needs: $source"
  kube apply --server-side -f "$source" >/dev/null || fail_step "cannot apply $source"
}

# While the CRDs are missing, 'linkerd install --crds' only prints the line that applies them.
gateway_api_source() {
  local words
  words="$(mesh install --crds 2>&1 >/dev/null)" || true
  words="$(grep -o "$GATEWAY_API_RELEASES/v[0-9][0-9A-Za-z.-]*/standard-install.yaml" <<<"$words" || true)"
  printf '%s' "${words%%$'\n'*}"
  if [[ -z "$words" ]]; then printf '%s' "$GATEWAY_API_RELEASES/$GATEWAY_API_VERSION/standard-install.yaml"; fi
}

check_linkerd() { # SENTENCE [FLAGS…]: prints nothing when all is well; "short" leaves out what passed
  local sentence="$1" words
  shift
  words="$(mesh check --output short --wait "${TIMEOUT_SECONDS}s" "$@" 2>&1)" && return 0
  printf '%s\n' "$words" >&2
  fail_step "$sentence; its output is above"
}

mesh() {
  linkerd --context "$CONTEXT" "$@"
}

# The CLI prints more than the manifest, such as the line to type next: that is for people who install by hand.
install_manifest() { # WHAT LINKERD-ARGUMENTS…
  local what="$1"
  shift
  log linkerd "installing $what"
  if ! mesh "$@" >"$WORK/linkerd.yaml" 2>"$WORK/linkerd.words"; then
    cat "$WORK/linkerd.words" >&2
    fail_step "'linkerd $*' failed; its output is above"
  fi
  kube apply -f "$WORK/linkerd.yaml" >/dev/null || fail_step "the API server refused $what"
}
