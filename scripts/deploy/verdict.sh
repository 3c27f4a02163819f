# shellcheck shell=bash
# Owns the closing lines: what the system does now, and what to type next. Reads only, and says so where there is nothing
# to read: a box that was not waited for may be missing.

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

describe_replies() {
  replies_per_present_pod | awk -v limit="$REPLIES_FROM_SECONDS" '
    { count += $1; text = text ", " $2 " " $1 }
    END {
      if (NR == 0) printf "none yet"
      else printf "%d since the newest pod was ready (at most %d s): %s", count, limit, substr(text, 3)
    }'
}

describe_metrics() {
  local pair words='' answer
  if is_left_out hpas; then
    printf 'left out'
    return 0
  fi
  for pair in $METRICS; do
    answer="$(ask_quietly get --raw "/apis/custom.metrics.k8s.io/v1beta1/namespaces/${pair%/*}/pods/*/${pair#*/}")"
    words="$words, ${pair#*/} of $(counted "$(grep -o '"value":' <<<"$answer" | grep -c . || true)" pod)"
  done
  printf '%s' "${words#, }"
}

describe_autoscalers() {
  local pair words='' current average target
  if is_left_out hpas; then
    printf 'left out'
    return 0
  fi
  for pair in $AUTOSCALERS; do
    IFS='|' read -r current average target <<<"$(ask_quietly -n "${pair%/*}" get hpa "${pair#*/}" -o 'jsonpath={.status.currentReplicas}|{range .status.currentMetrics[*]}{.pods.current.averageValue}{.object.current.averageValue}{end}|{.spec.metrics[0].pods.target.averageValue}{.spec.metrics[0].object.target.averageValue}')"
    words="$words, ${pair#*/} $(counted "${current:-0}" pod)"
    if [[ -n "$average" ]]; then
      words="$words at $(decimal "$average") of $(decimal "$target") calls/s each"
    else
      words="$words, which read no metric yet"
    fi
  done
  printf '%s' "${words#, }"
}

decimal() { # QUANTITY: 66m is 0.07; Kubernetes writes a rate with n, u, m, k or nothing behind it
  awk -v quantity="$1" 'BEGIN {
    factor["n"] = 1e-9; factor["u"] = 1e-6; factor["m"] = 1e-3; factor["k"] = 1e3
    unit = substr(quantity, length(quantity))
    text = sprintf("%.2f", quantity * (unit in factor ? factor[unit] : 1))
    sub(/\.?0+$/, "", text)
    print text
  }'
}

print_next_lines() {
  if [[ -n "$ONLY_STEP" ]]; then return 0; fi
  local context kubectl
  context="$(printf '%q' "$CONTEXT")"
  kubectl="kubectl --context $context"
  printf '\nNext\n'
  if is_running_in grpc-client grpc-client; then
    print_next "the replies, as they come" "$kubectl -n grpc-client logs deployment/grpc-client --follow"
  fi
  if ! is_left_out hpas; then print_next "the autoscalers at work" "$kubectl get hpa --all-namespaces --watch"; fi
  if is_running_in grafana grafana; then
    print_next "Grafana on http://localhost:3000" "$kubectl -n grafana port-forward service/grafana 3000:3000"
    print_next "its password (user admin)" \
      "$kubectl -n grafana get secret grafana-admin -o jsonpath='{.data.admin-password}' | base64 --decode"
  elif ! is_left_out grafana; then
    print_next "why Grafana is not running yet" "$kubectl -n grafana describe pods"
  fi
  print_next "all of it, any time" "./deploy-all.sh --context $context --status"
  print_next "remove it" "./deploy-all.sh --context $context --delete"
}

is_running_in() { # NAMESPACE DEPLOYMENT
  [[ -n "$(ask_quietly -n "$1" get deployment "$2" -o 'jsonpath={.status.availableReplicas}')" ]]
}

print_next() { # WHAT LINE
  printf '  # %s\n  %s\n' "$1" "$2"
}
