# shellcheck shell=bash
# Owns talking to the cluster: always the one context, never without a time limit. Knows nothing of what is deployed.

# The API server tells writers apart by this name, so it is part of the contract.
readonly FIELD_MANAGER=deploy-all
readonly PART_OF=grpc-load-balancing
readonly OURS="app.kubernetes.io/part-of=$PART_OF"

kube() {
  kubectl --context "$CONTEXT" "$@"
}

ask() { # for reads: an API server that does not answer costs seconds, not the whole wait
  kube --request-timeout=15s "$@"
}

write() { # for writes that end with one answer per object; deleting waits, and has its own limit
  kube --request-timeout=60s "$@"
}

ask_quietly() { # a missing answer counts as an empty one
  ask "$@" 2>/dev/null || true
}

# kubectl logs a line for every API that does not answer, including ours while the adapter is not running.
without_noise() {
  grep -v -e '^[EWI][0-9]\{4\} ' -e '^[[:space:]]*$' || true
}

last_line() {
  awk 'NF { line = $0 } END { if (line != "") print line }'
}
