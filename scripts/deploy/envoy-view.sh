# shellcheck shell=bash
# Owns what `--status` says of Envoy's view of the servers: how many DNS names and how many pass their health checks.
# Envoy itself reports neither: with no server at all it is ready and logs nothing. Reads only.

readonly ENVOY_STATS_PORT=9902 # http-metrics of envoy_proxy_k8s/deployment.yaml
readonly ENVOY_CLUSTER=greeter # of envoy_proxy_k8s/configmap.yaml

print_envoy_view() {
  local pods pod stats has_no_address=''
  printf '\nservers as each Envoy sees them\n'
  pods="$(ask_quietly -n envoy get pods -l app.kubernetes.io/name=envoy --field-selector=status.phase=Running \
    -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}')"
  if [[ -z "$pods" ]]; then
    printf '  no Envoy runs\n'
    return 0
  fi
  while read -r pod; do
    # kubectl would send a time limit as a query, and Envoy shows its statistics only to requests without a query.
    stats="$(ask_quietly --request-timeout=0 get --raw "/api/v1/namespaces/envoy/pods/$pod:$ENVOY_STATS_PORT/proxy/stats/prometheus" </dev/null)"
    if [[ "$(envoy_value membership_total <<<"$stats")" == 0 ]]; then has_no_address=yes; fi
    printf '  %-30s %s\n' "$pod" "$(describe_servers <<<"$stats")"
  done <<<"$pods"
  if [[ -n "$has_no_address" ]]; then printf '  %s\n' "$(explain_no_address "$(servers_name)")"; fi
}

# One Envoy's statistics (on stdin) as a sentence.
describe_servers() {
  local stats total healthy
  stats="$(cat)"
  total="$(envoy_value membership_total <<<"$stats")" healthy="$(envoy_value membership_healthy <<<"$stats")"
  if [[ -z "$total" || -z "$healthy" ]]; then
    printf 'shows no statistics through the API server (it is starting, or a NetworkPolicy blocks them)'
  elif ((total == 0)); then
    printf 'no addresses behind the name of the servers: every call fails'
  elif ((healthy == total)); then
    printf '%s of %s servers healthy' "$healthy" "$total"
  elif ((healthy > 0)); then
    printf '%s of %s servers healthy; the others start, leave, or fail their health checks' "$healthy" "$total"
  elif [[ "$(envoy_value membership_excluded <<<"$stats")" == "$total" ]]; then
    printf '0 of %s servers checked so far' "$total"
  elif [[ "$(envoy_value health_check_success <<<"$stats")" == 0 ]]; then
    printf '0 of %s servers healthy, calls go to all of them (panic); no health check ever passed: a wrong port, or no grpc.health.v1?' "$total"
  else
    printf '0 of %s servers healthy, calls go to all of them (panic)' "$total"
  fi
}

envoy_value() { # STATISTIC: its value for the servers' cluster, from the statistics on stdin; nothing if it is not there
  awk -v series="envoy_cluster_$1{envoy_cluster_name=\"$ENVOY_CLUSTER\"}" '$1 == series { print $2 }'
}

# The name that the deployed configuration asks DNS for.
servers_name() {
  ask_quietly -n envoy get configmap envoy-config -o 'jsonpath={.data.envoy\.yaml}' |
    sed -n 's/^ *address: \([a-z0-9-]*\.[a-z0-9.-]*\.svc\.[a-z0-9.-]*\)$/\1/p' | awk 'NR == 1'
}

explain_no_address() { # NAME: SERVICE.NAMESPACE.svc.DOMAIN
  local service namespace pods
  IFS=. read -r service namespace _ <<<"$1"
  if [[ -z "$service" || -z "$namespace" ]]; then
    printf 'envoy_proxy_k8s/configmap.yaml: no name of a Service was found in the deployed configuration'
  elif [[ -z "$(ask_quietly -n "$namespace" get service "$service" --ignore-not-found -o name)" ]]; then
    printf 'DNS has no %s: there is no Service %s in namespace %s (a typo in envoy_proxy_k8s/configmap.yaml?)' \
      "$1" "$service" "$namespace"
  else
    pods="$(ask_quietly -n "$namespace" get endpointslices -l "kubernetes.io/service-name=$service" \
      -o 'jsonpath={.items[*].endpoints[*].addresses[*]}' |
      awk '{ addresses += NF } END { print addresses + 0 }')"
    if ((pods == 0)); then
      printf 'DNS has no %s: no pod is behind Service %s' "$1" "$service"
    else
      printf 'DNS does not name the %d pods behind %s: ask it from a pod, and look at CoreDNS' "$pods" "$1"
    fi
  fi
}
