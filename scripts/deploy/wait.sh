# shellcheck shell=bash
# Owns waiting: the only place that sleeps. A probe returns 0 = done, 1 = not yet, 2 = never, and sets REASON.
# Probes run as conditions, where `set -e` does not hold: they check their own commands.

readonly POLL_SECONDS=1
readonly STUCK_SECONDS="${STUCK_SECONDS:-20}"
readonly BOXES_OF_REPLIES="server envoy client"
readonly BOXES_OF_METRICS="prometheus adapter $BOXES_OF_REPLIES"
REASON=''
WAITED_BOXES=''

# Every sentence about a wait is "SUBJECT is STATE" or "SUBJECT is not STATE", so a failure never reads like a success.
wait_for() { # SECONDS SUBJECT STATE PROBE [ARGUMENTS…]
  local limit="$1" subject="$2" state="$3" began=$SECONDS announced=false answer
  shift 3
  # shellcheck disable=SC2086 # one argument per box
  if ! are_waited_for "$CURRENT_STEP" $WAITED_BOXES; then
    log "$CURRENT_STEP" "not waiting until $subject is $state"
    return 0
  fi
  REASON=''
  while true; do
    answer=0
    "$@" || answer=$?
    case "$answer" in
    0) break ;;
    2) fail_step "$subject is not $state: $REASON" ;;
    esac
    if ((SECONDS - began >= limit)); then fail_step "$subject is not $state after ${limit} s${REASON:+ ($REASON)}"; fi
    if [[ "$announced" == false ]]; then
      log "$CURRENT_STEP" "waiting until $subject is $state"
      announced=true
    fi
    sleep "$POLL_SECONDS"
  done
  log "$CURRENT_STEP" "$subject is $state ($((SECONDS - began)) s)"
}

# Waits for what other boxes send. A box that is not waited for may never send it, so then this does not wait either.
wait_for_flow() { # BOXES-IT-COMES-FROM, then as wait_for
  WAITED_BOXES="$1"
  shift
  wait_for "$@"
  WAITED_BOXES=''
}

are_waited_for() { # STEPS…
  local step
  for step in "$@"; do
    if ! is_waited_for "$step"; then return 1; fi
  done
}

wait_for_rollout() { # NAMESPACE DEPLOYMENT
  TROUBLE_SINCE=''
  if is_waited_for "$CURRENT_STEP"; then replace_stuck_pods "$1" "$2"; fi
  wait_for "$TIMEOUT_SECONDS" "deployment/$2" "rolled out" rollout_is_complete "$1" "$2"
}

rollout_is_complete() { # NAMESPACE DEPLOYMENT
  local answer
  answer="$(ask -n "$1" rollout status "deployment/$2" --watch=false 2>&1)" || true
  REASON="$(last_line <<<"$answer")"
  if [[ "$answer" == *'successfully rolled out'* ]]; then return 0; fi
  # Until the controller has seen the new spec, failing pods may be the ones that the new spec fixes.
  if [[ "$answer" == *'spec update to be observed'* ]]; then return 1; fi
  look_for_trouble "$1" "$2"
}

# Returns 1 while waiting may help, 2 when it cannot.
look_for_trouble() { # NAMESPACE DEPLOYMENT
  local trouble
  trouble="$(trouble_of_newest_pods "$1" "$2")"
  if [[ -z "$trouble" || "$trouble" == *'not scheduled'* ]]; then # a node may still come, so this is only reported
    REASON="${trouble:-$REASON}"
    TROUBLE_SINCE=''
    return 1
  fi
  REASON="$trouble"
  if [[ -z "$TROUBLE_SINCE" ]]; then TROUBLE_SINCE=$SECONDS; fi
  if is_final "$trouble" || ((SECONDS - TROUBLE_SINCE >= STUCK_SECONDS)); then return 2; fi
  return 1
}

is_final() { # TROUBLE: states that the kubelet does not retry
  [[ "$1" == *ErrImageNeverPull* || "$1" == *InvalidImageName* ]]
}

trouble_of_newest_pods() { # NAMESPACE DEPLOYMENT: one line, or nothing when all is well
  local hash pod waiting unscheduled refused
  refused="$(ask_quietly -n "$1" get deployment "$2" \
    -o jsonpath='{.status.conditions[?(@.type=="ReplicaFailure")].message}')"
  if [[ -n "$refused" ]]; then
    printf 'pods are refused: %s\n' "$(tr '\n' ' ' <<<"$refused")"
    return 0
  fi
  hash="$(newest_template_hash "$1" "$2")"
  if [[ -z "$hash" ]]; then return 0; fi
  while IFS='|' read -r pod waiting unscheduled; do
    if [[ -n "$unscheduled" ]]; then
      printf 'pod %s is not scheduled: %s\n' "$pod" "$unscheduled"
      return 0
    fi
    case "$waiting" in
    *ErrImage* | *ImagePullBackOff* | *InvalidImageName*)
      printf 'pod %s: %s, image %s\n' "$pod" "$(first_word "$waiting")" "$(images_of "$1" "$2")"
      return 0
      ;;
    *CrashLoopBackOff* | *CreateContainerConfigError* | *CreateContainerError* | *RunContainerError*)
      printf 'pod %s: %s\n' "$pod" "$(first_word "$waiting")"
      return 0
      ;;
    esac
  done <<<"$(waiting_pods "$1" "app.kubernetes.io/name=$2,pod-template-hash=$hash")"
}

waiting_pods() { # NAMESPACE SELECTOR: "pod|reasons its containers wait for|why it has no node" per line
  ask_quietly -n "$1" get pods -l "$2" -o jsonpath='{range .items[*]}{.metadata.name}{"|"}{.status.initContainerStatuses[*].state.waiting.reason}{" "}{.status.containerStatuses[*].state.waiting.reason}{"|"}{.status.conditions[?(@.type=="PodScheduled")].message}{"\n"}{end}'
}

newest_template_hash() { # NAMESPACE DEPLOYMENT
  ask_quietly -n "$1" get replicasets -l "app.kubernetes.io/name=$2" --no-headers \
    -o custom-columns='HASH:.metadata.labels.pod-template-hash,REVISION:.metadata.annotations.deployment\.kubernetes\.io/revision' |
    sort -k2,2n | tail -n 1 | awk '{print $1}'
}

images_of() { # NAMESPACE DEPLOYMENT
  ask_quietly -n "$1" get deployment "$2" -o jsonpath='{.spec.template.spec.containers[*].image}'
}

first_word() { # TEXT
  awk '{print $1}' <<<"$1"
}

# A pod that could not pull its image retries ever more slowly. It runs nothing, so replacing it costs nothing, and a
# run after the image was loaded does not have to wait for minutes of back-off.
replace_stuck_pods() { # NAMESPACE DEPLOYMENT
  local pod waiting unscheduled
  while IFS='|' read -r pod waiting unscheduled; do
    case "$waiting" in
    *ErrImage* | *ImagePullBackOff* | *InvalidImageName*)
      kube -n "$1" delete pod "$pod" --ignore-not-found --wait=false >/dev/null
      log "$CURRENT_STEP" "pod $pod was stuck without its image; the next one tries again"
      ;;
    esac
  done <<<"$(waiting_pods "$1" "app.kubernetes.io/name=$2")"
}
