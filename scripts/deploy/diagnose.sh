# shellcheck shell=bash
# Owns the output when a step fails: its pods, events and log lines, then one sentence, on stderr.

CURRENT_STEP=''
DIAGNOSE='' # a step whose pods say more about the failure than those of the current one

run_step() { # STEP FUNCTION
  if ! wants_step "$1"; then return 0; fi
  CURRENT_STEP="$1"
  "$2"
  CURRENT_STEP=''
}

fail_step() { # SENTENCE
  trap - ERR
  print_diagnosis >&2
  die "${CURRENT_STEP:+step $CURRENT_STEP: }$1"
}

# Set as the ERR trap: an unexpected failure still ends in one sentence.
on_unexpected_error() { # EXIT-CODE LINE FILE COMMAND
  if ((BASH_SUBSHELL > 0)); then return 0; fi # the parent shell reports it
  if (($1 == 130)); then on_interrupt INT; fi
  fail_step "'$4' failed with exit code $1 (${3##*/}, line $2)"
}

on_interrupt() { # SIGNAL
  trap - ERR INT TERM
  printf '\ndeploy-all.sh: stopped%s; run the same command again to go on from here\n' \
    "${CURRENT_STEP:+ in step $CURRENT_STEP}" >&2
  if [[ "$1" == TERM ]]; then exit 143; fi
  exit 130
}

trap 'on_unexpected_error $? $LINENO "${BASH_SOURCE[0]}" "$BASH_COMMAND"' ERR
trap 'on_interrupt INT' INT
trap 'on_interrupt TERM' TERM

print_diagnosis() {
  local step="${DIAGNOSE:-$CURRENT_STEP}" workload namespace name
  for workload in $(workloads_of "$step"); do
    namespace="${workload%%/*}" name="${workload#*/}"
    printf '\n--- pods of %s\n' "$workload"
    ask -n "$namespace" get pods -l "app.kubernetes.io/name=$name" -o wide 2>&1 || true
    printf -- '--- last events in namespace %s\n' "$namespace"
    ask -n "$namespace" get events --sort-by=.lastTimestamp 2>&1 | tail -n 10 || true
    printf -- '--- last log lines of %s\n' "$workload"
    ask -n "$namespace" logs -l "app.kubernetes.io/name=$name" --all-containers --prefix --tail=10 2>&1 | tail -n 30 || true
  done
  if [[ "$step" == hpas || "$step" == smoke ]]; then
    printf -- '\n--- autoscalers\n'
    ask get hpa -A -l "$OURS" 2>&1 || true
  fi
  if [[ "$step" == adapter || "$step" == hpas ]]; then
    printf -- '\n--- custom metrics API\n'
    ask get apiservice "$CUSTOM_METRICS_API" 2>&1 || true
  fi
  printf '\n'
}

workloads_of() { # STEP: NAMESPACE/DEPLOYMENT words
  case "$1" in
  prometheus) printf 'prometheus/prometheus' ;;
  adapter) printf 'prometheus/prometheus-adapter' ;;
  server) printf 'grpc-server/grpc-server' ;;
  envoy) printf 'envoy/envoy' ;;
  hpas) printf 'prometheus/prometheus-adapter grpc-server/grpc-server envoy/envoy' ;;
  client | smoke) printf 'grpc-client/grpc-client envoy/envoy grpc-server/grpc-server' ;; # a call passes all three
  grafana) printf 'grafana/grafana' ;;
  esac
}
