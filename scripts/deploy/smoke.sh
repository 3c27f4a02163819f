# shellcheck shell=bash
# Owns the last step: does the system do what it is for, seen from outside? The verdict reports what it saw.

smoke_test() {
  if is_left_out client; then
    print_verdict "not looked at (no client)" "not looked at (no client)" "not looked at (no client)"
    return 0
  fi
  wait_for_flow "$BOXES_OF_REPLIES" "$TIMEOUT_SECONDS" "a sample of replies" "in the client's log" \
    sample_is_complete "$SECONDS"
  if ! is_left_out hpas; then
    DIAGNOSE=hpas
    wait_for_metrics
    wait_for_autoscalers
    DIAGNOSE=''
  fi
  print_verdict "$(describe_replies)" "$(describe_metrics)" "$(describe_autoscalers)"
}
