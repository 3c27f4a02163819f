# shellcheck shell=bash
# Owns the command line: the options, what they mean, and one complaint that lists every mistake.
# Sets MODE, CONTEXT, CONTEXT_WAS_NAMED, ASSUME_YES, LINKERD, LINKERD_VIZ, LINKERD_CLUSTER_WIDE, LINKERD_VALUES,
# IMAGE_PREFIX, BUILD_IMAGES, LEFT_OUT, NOT_WAITED_FOR, ONLY_STEP, TIMEOUT_SECONDS, PROGRAM_ARGUMENTS; nothing else reads "$@".

readonly STEPS="linkerd images validate namespaces prometheus adapter server envoy client hpas grafana smoke"
# The boxes that the rest works without. Without the adapter the HPAs have nothing to read.
readonly OPTIONAL_STEPS="linkerd adapter client hpas grafana"
readonly BOXES="prometheus adapter server envoy client hpas grafana"

print_usage() {
  cat <<'USAGE'
Usage: ./deploy-all.sh [options]            deploy to the current kubectl context; run again to update or to go on
       ./deploy-all.sh --local [arguments]  the same system as processes on this machine; --local --help says more
       ./deploy-all.sh adopt [arguments]    write the YAML that balances a service of your own; adopt --help says more
       ./deploy-all.sh doctor [arguments]   check YAML for what goes wrong with gRPC calls; doctor --help says more

What to do instead of deploying
  --status              what is running, what the autoscalers see, which pods answered last
  --dry-run             ask the API server what would change; change nothing
  --delete              remove everything this script applied (Linkerd stays)
  --help                this text

Where
  --context NAME        the kubectl context; needed where the current one is not minikube, kind, docker-desktop,
                        rancher-desktop or orbstack
  --yes                 use the current context, whatever its name is

What
  --linkerd MODE        auto: use Linkerd if it is in the cluster (default); on: install it if it is missing, with the
                        linkerd CLI on PATH; off: no mesh, and pods with its proxy are rolled
  --linkerd-viz         with --linkerd on: its dashboard too
  --linkerd-set K=V     with --linkerd on: a value for "linkerd install --set", such as clusterNetworks (repeatable)
  --linkerd-cluster-wide
                        with --linkerd on: install it even if the cluster is not local
  --image-prefix REG    build, push to REG/grpc-server and REG/grpc-client, and deploy those
  --no-build            the images are in the cluster already (with --image-prefix: in REG, tagged "dev")
  --without NAMES       leave out linkerd, adapter, client, hpas or grafana (comma list, repeatable)
  --no-wait NAMES       apply these boxes without waiting for their pods, when an image is not available yet
                        (prometheus, adapter, server, envoy, client, hpas, grafana; comma list, repeatable)
  --only STEP           one step: linkerd images validate namespaces prometheus adapter server envoy client hpas
                        grafana smoke
  --timeout SECONDS     how long each wait may take (default 300)

Exit code: 0 done, 1 failed, 2 called wrongly.
Environment: KUBECONFIG, DOCKER (the image builder, default docker), NO_COLOR, STUCK_SECONDS (how long a pod may
stay in trouble before the step gives up, default 20).

Examples:
  ./deploy-all.sh --local --ui
  ./deploy-all.sh --dry-run
  ./deploy-all.sh --context kind-shop --linkerd off --no-wait grafana
USAGE
}

parse_options() {
  MODE=deploy CONTEXT='' CONTEXT_WAS_NAMED=false ASSUME_YES=false LINKERD=auto IMAGE_PREFIX='' BUILD_IMAGES=true
  LINKERD_VIZ=false LINKERD_CLUSTER_WIDE=false LINKERD_VALUES=()
  LEFT_OUT=' ' NOT_WAITED_FOR=' ' ONLY_STEP='' TIMEOUT_SECONDS=300
  PROGRAM_ARGUMENTS=() PROBLEMS=()
  while (($# > 0)); do
    case "$1" in
    --local | adopt | doctor) # everything after the word is the program's business
      set_mode "${1#--}"
      shift
      PROGRAM_ARGUMENTS=("$@")
      break
      ;;
    --help | -h)
      MODE=help
      return 0
      ;;
    --status | --dry-run | --delete) set_mode "${1#--}" ;;
    --yes) ASSUME_YES=true ;;
    --no-build) BUILD_IMAGES=false ;;
    --linkerd-viz) LINKERD_VIZ=true ;;
    --linkerd-cluster-wide) LINKERD_CLUSTER_WIDE=true ;;
    --context=* | --linkerd=* | --linkerd-set=* | --image-prefix=* | --without=* | --no-wait=* | --only=* | --timeout=*)
      set_value "${1%%=*}" "${1#*=}"
      ;;
    --context | --linkerd | --linkerd-set | --image-prefix | --without | --no-wait | --only | --timeout)
      if (($# < 2)) || [[ "$2" == --* ]]; then
        complain "$1 needs a value"
      else
        set_value "$1" "$2"
        shift
      fi
      ;;
    *) complain "unknown argument '$1'" ;;
    esac
    shift
  done
  check_combinations
  report_problems
}

complain() { # TEXT
  PROBLEMS+=("$1")
}

set_mode() { # MODE
  if [[ "$MODE" != deploy && "$MODE" != "$1" ]]; then complain "$(word_of_mode "$MODE") and $(word_of_mode "$1") exclude each other"; fi
  MODE="$1"
}

word_of_mode() { # MODE: as it is typed
  case "$1" in adopt | doctor) printf '%s' "$1" ;; *) printf -- '--%s' "$1" ;; esac
}

set_value() { # OPTION VALUE
  if [[ -z "$2" ]]; then
    complain "$1 needs a value"
    return 0
  fi
  case "$1" in
  --context) CONTEXT="$2" CONTEXT_WAS_NAMED=true ;;
  --linkerd)
    case "$2" in auto | on | off) LINKERD="$2" ;; *) complain "--linkerd: expected auto, on or off, got '$2'" ;; esac
    ;;
  --linkerd-set)
    LINKERD_VALUES+=(--set "$2")
    if [[ ! "$2" =~ ^[A-Za-z][^=]*= ]]; then complain "--linkerd-set: expected KEY=VALUE, got '$2'"; fi
    ;;
  --image-prefix)
    IMAGE_PREFIX="${2%/}"
    # It becomes part of an image reference and of a sed replacement, so only characters that are safe in both.
    if [[ ! "$IMAGE_PREFIX" =~ ^[a-z0-9][a-z0-9._:/-]*$ ]]; then
      complain "--image-prefix: expected a registry path such as ghcr.io/me, got '$2'"
    fi
    ;;
  --without) each_name "$1" "$2" "$OPTIONAL_STEPS" leave_out ;;
  --no-wait) each_name "$1" "$2" "$BOXES" do_not_wait_for ;;
  --only)
    if is_word_of "$2" "$STEPS"; then ONLY_STEP="$2"; else complain "--only: expected one of: $STEPS; got '$2'"; fi
    ;;
  --timeout)
    if [[ "$2" =~ ^[1-9][0-9]{0,4}$ ]]; then
      TIMEOUT_SECONDS="$2"
    else
      complain "--timeout: expected seconds from 1 to 99999, got '$2'"
    fi
    ;;
  esac
}

each_name() { # OPTION COMMA-LIST ALLOWED-NAMES VERB: calls VERB for each allowed name, complains about every other one
  local name names
  IFS=', ' read -r -a names <<<"$2"
  for name in ${names[@]+"${names[@]}"}; do
    if is_word_of "$name" "$3"; then
      "$4" "$name"
    else
      complain "$1: expected one of: $3; got '$name'"
    fi
  done
}

leave_out() { # NAME
  LEFT_OUT="$LEFT_OUT$1 "
  if [[ "$1" == adapter ]]; then LEFT_OUT="${LEFT_OUT}hpas "; fi
}

do_not_wait_for() { # NAME
  NOT_WAITED_FOR="$NOT_WAITED_FOR$1 "
}

check_combinations() {
  if [[ ! "$STUCK_SECONDS" =~ ^(0|[1-9][0-9]{0,4})$ ]]; then
    complain "STUCK_SECONDS: expected seconds from 0 to 99999, got '$STUCK_SECONDS'"
  fi
  local name
  for name in $NOT_WAITED_FOR; do
    if is_left_out "$name"; then complain "--no-wait $name contradicts --without $name"; fi
  done
  if is_left_out linkerd; then
    if [[ "$LINKERD" == on ]]; then complain "--without linkerd contradicts --linkerd on"; fi
    LINKERD=off
  fi
  if [[ "$LINKERD" != on ]]; then
    if [[ "$LINKERD_VIZ" == true ]]; then complain "--linkerd-viz goes with --linkerd on"; fi
    if [[ "$LINKERD_CLUSTER_WIDE" == true ]]; then complain "--linkerd-cluster-wide goes with --linkerd on"; fi
    if ((${#LINKERD_VALUES[@]} > 0)); then complain "--linkerd-set goes with --linkerd on"; fi
  fi
  if [[ -n "$ONLY_STEP" ]] && is_left_out "$ONLY_STEP"; then
    complain "--only $ONLY_STEP contradicts --without $ONLY_STEP"
  fi
  if [[ -n "$ONLY_STEP" && "$MODE" != deploy && "$MODE" != local ]]; then
    complain "--only goes with deploying, not with $(word_of_mode "$MODE")"
  fi
  if [[ "$ONLY_STEP" == images && "$BUILD_IMAGES" == false ]]; then complain "--only images contradicts --no-build"; fi
}

report_problems() {
  local problem
  if ((${#PROBLEMS[@]} == 0)); then return 0; fi
  for problem in "${PROBLEMS[@]}"; do printf 'deploy-all.sh: %s\n' "$problem" >&2; done
  printf '\n' >&2
  print_usage >&2
  exit 2
}

is_word_of() { # WORD LIST
  [[ "$1" != *' '* && " $2 " == *" $1 "* ]]
}

is_left_out() { # STEP
  is_word_of "$1" "$LEFT_OUT"
}

is_waited_for() { # STEP
  ! is_word_of "$1" "$NOT_WAITED_FOR"
}

wants_step() { # STEP: what --without and --only leave of the plan
  if is_left_out "$1"; then return 1; fi
  if [[ -z "$ONLY_STEP" || "$ONLY_STEP" == "$1" ]]; then return 0; fi
  # A single box still needs its namespace.
  [[ "$1" == namespaces ]] && is_word_of "$ONLY_STEP" "prometheus adapter server envoy client hpas grafana"
}
