# shellcheck shell=bash
# Owns the steps between preflight and verdict: what each applies and the condition it waits for.

readonly METRICS="grpc-server/grpc_requests_per_second envoy/envoy_cluster_upstream_per_second"
readonly AUTOSCALERS="grpc-server/grpc-server envoy/envoy"

# Asks the API server to check every object before the first one is sent. It checks an object's fields even before the
# namespace exists, so on an empty cluster it finds most mistakes before anything is made. The rest of its checks follow
# as soon as the namespaces exist.
validate_manifests() {
  local step
  NAMESPACES_ARE_MISSING=false
  for step in $(rendered_steps); do validate_step "$step" "nothing was changed"; done
  if [[ "$NAMESPACES_ARE_MISSING" == true ]]; then
    log validate "the API server knows every field of every manifest"
  else
    log validate "the API server accepts every manifest"
  fi
}

validate_step() { # STEP WHAT-HAS-HAPPENED-SO-FAR
  local words wrong status=0
  words="$(write apply "${APPLY_FLAGS[@]}" --dry-run=server -f "$RENDERED/$1" -R 2>&1 >/dev/null)" || status=$?
  if ((status == 0)); then return 0; fi
  words="$(without_noise <<<"$words")"
  wrong="$(grep -v -e 'namespaces ".*" not found' -e '^Warning:' <<<"$words" || true)"
  if [[ -z "$wrong" ]]; then
    NAMESPACES_ARE_MISSING=true
    return 0
  fi
  printf '%s\n' "$words" | without_paths >&2
  CURRENT_STEP=''
  die "$(folders_of "$1") is not valid, $2: $(head -n 2 <<<"$wrong" | without_paths | tr '\n' ' ')"
}

rendered_steps() { # in the order of applying, without those left out
  local step
  for step in namespaces prometheus adapter apiservice server envoy client hpas grafana; do
    if [[ -d "$RENDERED/$step" ]] && wants_rendered "$step"; then printf '%s\n' "$step"; fi
  done
}

wants_rendered() { # STEP
  local step="$1"
  if [[ "$step" == apiservice ]]; then step=adapter; fi
  if is_left_out "$step"; then return 1; fi
  [[ "$ONLY_STEP" == validate ]] || wants_step "$step"
}

apply_namespaces() {
  local step
  apply_step namespaces
  if [[ "${NAMESPACES_ARE_MISSING:-false}" == false ]]; then return 0; fi
  for step in $(rendered_steps); do validate_step "$step" "only the namespaces were made"; done
  log namespaces "the API server accepts every manifest"
}

deploy_prometheus() {
  apply_step prometheus
  wait_for_rollout prometheus prometheus
}

deploy_adapter() {
  local was_there
  was_there="$(ask -n prometheus get deployment prometheus-adapter --ignore-not-found -o name)"
  ensure_adapter_certificate
  apply_step adapter
  if [[ -n "$was_there" && "$CERTIFICATE_IS_NEW" == true ]]; then
    kube -n prometheus rollout restart deployment/prometheus-adapter >/dev/null
  fi
  wait_for_rollout prometheus prometheus-adapter
  add_ca_bundle "$WORK/certificate"
  apply_step apiservice
  wait_for "$TIMEOUT_SECONDS" "APIService $CUSTOM_METRICS_API" available api_service_is_available
  wait_for "$TIMEOUT_SECONDS" "the custom metrics API" answering custom_metrics_api_answers
}

api_service_is_available() {
  local condition='.status.conditions[?(@.type=="Available")]'
  REASON="$(ask_quietly get apiservice "$CUSTOM_METRICS_API" -o "jsonpath={$condition.message}")"
  [[ "$(ask_quietly get apiservice "$CUSTOM_METRICS_API" -o "jsonpath={$condition.status}")" == True ]]
}

custom_metrics_api_answers() {
  raw_answer_holds '"APIResourceList"' /apis/custom.metrics.k8s.io/v1beta1
}

deploy_server() {
  deploy_service server grpc-server grpc-server
}

deploy_client() {
  deploy_service client grpc-client grpc-client
  wait_for_flow "$BOXES_OF_REPLIES" "$TIMEOUT_SECONDS" "the first reply" "in the client's log" client_has_replies
}

deploy_service() { # SERVICE NAMESPACE DEPLOYMENT: one of the two services with an image of ours
  local was_there
  was_there="$(ask -n "$2" get deployment "$3" --ignore-not-found -o name)"
  apply_step "$1"
  wait_for_rollout "$2" "$3"
  roll_if_rebuilt "$2" "$3" "$1" "$was_there"
  ensure_mesh "$2" "$3"
}

deploy_envoy() {
  apply_step envoy
  wait_for_rollout envoy envoy
  ensure_mesh envoy envoy
}

deploy_hpas() {
  local pair
  if is_left_out client; then
    apply_step hpas
    log hpas "without the client there are no calls, so there is no metric to wait for"
    return 0
  fi
  wait_for_metrics
  apply_step hpas
  wait_for_autoscalers
  # An active autoscaler has set the number of pods; now wait for those pods.
  for pair in $AUTOSCALERS; do wait_for_rollout "${pair%/*}" "${pair#*/}"; done
}

wait_for_metrics() {
  local pair
  for pair in $METRICS; do
    wait_for_flow "$BOXES_OF_METRICS" "$TIMEOUT_SECONDS" "custom metric ${pair#*/}" "in the custom metrics API" \
      metric_answers "${pair%/*}" "${pair#*/}"
  done
}

wait_for_autoscalers() {
  local pair
  for pair in $AUTOSCALERS; do
    wait_for_flow "$BOXES_OF_METRICS hpas" "$TIMEOUT_SECONDS" "hpa/${pair#*/}" active \
      autoscaler_is_active "${pair%/*}" "${pair#*/}"
  done
}

metric_answers() { # NAMESPACE METRIC
  raw_answer_holds '"value":' "/apis/custom.metrics.k8s.io/v1beta1/namespaces/$1/pods/*/$2"
}

raw_answer_holds() { # TEXT PATH
  local answer
  answer="$(ask get --raw "$2" 2>&1)" || true
  REASON="$(last_line <<<"$answer")"
  [[ "$answer" == *"$1"* ]]
}

autoscaler_is_active() { # NAMESPACE HPA
  local condition='.status.conditions[?(@.type=="ScalingActive")]'
  REASON="$(ask_quietly -n "$1" get hpa "$2" -o "jsonpath={$condition.message}")"
  [[ "$(ask_quietly -n "$1" get hpa "$2" -o "jsonpath={$condition.status}")" == True ]]
}

deploy_grafana() {
  ensure_grafana_password
  apply_step grafana
  wait_for_rollout grafana grafana
}
