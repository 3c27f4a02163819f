# shellcheck shell=bash
# Owns talking to the cluster: always the one context, never without a time limit. Knows nothing of what is deployed.

# A second script that applies the same objects shows up as another manager, so this name is part of the contract.
readonly FIELD_MANAGER=deploy-all
readonly PART_OF=grpc-load-balancing
readonly OURS="app.kubernetes.io/part-of=$PART_OF"

kube() {
  kubectl --context "$CONTEXT" "$@"
}

ask() { # for reads: a silent API server costs seconds, not the whole wait
  kube --request-timeout=15s "$@"
}

write() { # for what ends with one answer per object; deleting waits, and has its own limit
  kube --request-timeout=60s "$@"
}

ask_quietly() { # an answer that did not come counts as an empty one
  ask "$@" 2>/dev/null || true
}

# kubectl logs a separate line for every API that does not answer, ours included while the adapter is away.
without_noise() {
  grep -v -e '^[EWI][0-9]\{4\} ' -e '^[[:space:]]*$' || true
}

last_line() {
  awk 'NF { line = $0 } END { if (line != "") print line }'
}
