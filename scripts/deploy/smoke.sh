# shellcheck shell=bash
# Owns the verdict: does the picture do what it is for, seen from outside? And what to type next.

readonly REPLIES_FROM_SECONDS=120 # how far back the client's log is read

smoke_test() {
  local pair
  if is_left_out client; then
    print_verdict "not looked at (no client)" "not looked at (no client)" "not looked at (no client)"
    return 0
  fi
  wait_for "$TIMEOUT_SECONDS" "replies from enough server pods" enough_pods_replied
  if ! is_left_out hpas; then
    for pair in $METRICS; do
      wait_for "$TIMEOUT_SECONDS" "custom metric ${pair#*/} answers" metric_answers "${pair%/*}" "${pair#*/}"
    done
    for pair in $AUTOSCALERS; do
      wait_for "$TIMEOUT_SECONDS" "hpa/${pair#*/} active" autoscaler_is_active "${pair%/*}" "${pair#*/}"
    done
  fi
  print_verdict "$(describe_replies)" "$(describe_metrics)" "$(describe_autoscalers)"
}

client_log() {
  ask_quietly -n grpc-client logs -l app.kubernetes.io/name=grpc-client -c grpc-client --tail=5000 \
    "--since=${REPLIES_FROM_SECONDS}s"
}

# "COUNT POD" lines: from the sentence every reply carries, or where calls are too many for a line each, from the tallies.
replies_per_pod() {
  local lines counts
  lines="$(client_log)"
  counts="$(sed -n 's/.*Received: .*This message is from \([a-z0-9][a-z0-9.-]*\).*/\1 1/p' <<<"$lines")"
  if [[ -z "$counts" ]]; then
    counts="$(sed -n '/"msg":"tally"/s/.*"pods":{\([^}]*\)}.*/\1/p' <<<"$lines" | tr ',' '\n' |
      sed -n 's/^"\(.*\)":\([0-9]*\)$/\1 \2/p')"
  fi
  awk 'NF == 2 { sum[$1] += $2 } END { for (pod in sum) print sum[pod], pod }' <<<"$counts" | sort -k2
}

client_has_replies() {
  REASON="$(client_log | last_line)"
  [[ -n "$(replies_per_pod)" ]]
}

# Two make an even spread visible. With the autoscalers left out nothing scales the servers up from their one pod.
enough_pods_replied() {
  local replies pods
  replies="$(replies_per_pod)"
  pods="$(grep -c . <<<"$replies" || true)"
  REASON="$pods answered"
  if is_left_out hpas; then ((pods >= 1)); else ((pods >= 2)); fi
}

describe_replies() {
  replies_per_pod | awk '{ text = text ", " $2 " " $1 } END { printf "%d pods in the last minutes: %s", NR, substr(text, 3) }'
}

describe_metrics() {
  local pair words='' answer
  if is_left_out hpas; then
    printf 'left out'
    return 0
  fi
  for pair in $METRICS; do
    answer="$(ask_quietly get --raw "/apis/custom.metrics.k8s.io/v1beta1/namespaces/${pair%/*}/pods/*/${pair#*/}")"
    words="$words, ${pair#*/} $(grep -o '"value":' <<<"$answer" | grep -c .) pods"
  done
  printf '%s' "${words#, }"
}

describe_autoscalers() {
  local pair words=''
  if is_left_out hpas; then
    printf 'left out'
    return 0
  fi
  for pair in $AUTOSCALERS; do
    words="$words, ${pair#*/} $(ask_quietly -n "${pair%/*}" get hpa "${pair#*/}" -o 'jsonpath={.status.currentReplicas} pods at {.status.currentMetrics[0].pods.current.averageValue} of {.spec.metrics[0].pods.target.averageValue} calls/s each')"
  done
  printf '%s' "${words#, }"
}

print_verdict() { # REPLIES METRICS AUTOSCALERS
  printf '\n'
  printf '  %-16s %s\n' replies "$1" "custom metrics" "$2" autoscalers "$3" mesh "$(describe_mesh)"
  print_names "left out" "$LEFT_OUT"
  print_names "not waited for" "$NOT_WAITED_FOR"
}

print_names() { # TITLE WORDS
  local names
  read -r names <<<"$2"
  if [[ -n "$names" ]]; then printf '  %-16s %s\n' "$1" "$names"; fi
}

print_next_lines() {
  if [[ -n "$ONLY_STEP" ]]; then return 0; fi
  local context kubectl
  context="$(printf '%q' "$CONTEXT")"
  kubectl="kubectl --context $context"
  printf '\nNext\n'
  if ! is_left_out client; then
    print_next "the replies, as they come" "$kubectl -n grpc-client logs deployment/grpc-client --follow"
  fi
  if ! is_left_out hpas; then print_next "the autoscalers at work" "$kubectl get hpa --all-namespaces --watch"; fi
  if ! is_left_out grafana; then
    print_next "Grafana on http://localhost:3000" "$kubectl -n grafana port-forward service/grafana 3000:3000"
    print_next "its password (user admin)" \
      "$kubectl -n grafana get secret grafana-admin -o jsonpath='{.data.admin-password}' | base64 --decode"
  fi
  print_next "all of it, any time" "./deploy-all.sh --context $context --status"
  print_next "remove it" "./deploy-all.sh --context $context --delete"
}

print_next() { # WHAT LINE
  printf '  # %s\n  %s\n' "$1" "$2"
}
