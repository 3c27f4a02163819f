#!/usr/bin/env bash
# Brings up the whole system: on Kubernetes by default, as processes on this machine with --local. Two words are for the
# caller's own service: adopt writes YAML for it, doctor checks YAML.
# Reads like a table of contents; each step lives in scripts/deploy/. Usage: ./deploy-all.sh --help
# shellcheck source-path=SCRIPTDIR
set -Eeuo pipefail
unset CDPATH

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
readonly ROOT

source "$ROOT/scripts/deploy/log.sh"
source "$ROOT/scripts/deploy/options.sh"
source "$ROOT/scripts/deploy/node-programs.sh"
source "$ROOT/scripts/deploy/kubectl.sh"
source "$ROOT/scripts/deploy/diagnose.sh"
source "$ROOT/scripts/deploy/wait.sh"
source "$ROOT/scripts/deploy/preflight.sh"
source "$ROOT/scripts/deploy/lock.sh"
source "$ROOT/scripts/deploy/render.sh"
source "$ROOT/scripts/deploy/apply.sh"
source "$ROOT/scripts/deploy/mesh.sh"
source "$ROOT/scripts/deploy/linkerd.sh"
source "$ROOT/scripts/deploy/images.sh"
source "$ROOT/scripts/deploy/minikube.sh"
source "$ROOT/scripts/deploy/certificates.sh"
source "$ROOT/scripts/deploy/steps.sh"
source "$ROOT/scripts/deploy/replies.sh"
source "$ROOT/scripts/deploy/smoke.sh"
source "$ROOT/scripts/deploy/verdict.sh"
source "$ROOT/scripts/deploy/envoy-view.sh"
source "$ROOT/scripts/deploy/status.sh"
source "$ROOT/scripts/deploy/dry-run.sh"
source "$ROOT/scripts/deploy/delete.sh"

main() {
  parse_options "$@"
  case "$MODE" in
  help) print_usage ;;
  local) run_program local --local ${PROGRAM_ARGUMENTS[@]+"${PROGRAM_ARGUMENTS[@]}"} ;;
  adopt | doctor) run_program "$MODE" "$MODE" ${PROGRAM_ARGUMENTS[@]+"${PROGRAM_ARGUMENTS[@]}"} ;;
  status) show_status ;;
  dry-run) show_what_would_change ;;
  delete) delete_everything ;;
  deploy) deploy ;;
  esac
}

deploy() {
  check_cluster
  take_lock
  render_manifests

  run_step linkerd install_linkerd
  run_step images build_images
  run_step validate validate_manifests
  run_step namespaces apply_namespaces
  run_step prometheus deploy_prometheus
  run_step adapter deploy_adapter
  run_step server deploy_server
  run_step envoy deploy_envoy
  run_step client deploy_client
  run_step hpas deploy_hpas
  run_step grafana deploy_grafana
  run_step smoke smoke_test

  mention_mixed_pods
  print_changes
  print_next_lines
}

main "$@"
