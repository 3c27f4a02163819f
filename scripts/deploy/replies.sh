# shellcheck shell=bash
# Owns reading from the client's log which pod answered.

readonly REPLIES_FROM_SECONDS=120 # how far back the log is read
# A sample that shows an even spread: two Envoys with a turn each need some rounds. By default the client calls only
# every 5 s, so the log's last two minutes never hold more than 24 calls.
readonly REPLIES_PER_POD=4
readonly REPLIES_AT_MOST=12

client_log() {
  ask_quietly -n grpc-client logs -l app.kubernetes.io/name=grpc-client -c grpc-client --tail=5000 \
    "--since=${REPLIES_FROM_SECONDS}s"
}

# "COUNT POD" lines: from the sentence every reply carries, or where calls are too many for a line each, from the tallies.
replies_per_pod() {
  count_replies "$(client_log)"
}

# The same for calls to the current set of pods: replies from before the newest pod was ready belong to another set, and
# look as if one pod got all of them.
replies_per_present_pod() {
  count_replies "$(client_log | lines_after "$(newest_pod_since)")"
}

count_replies() { # LINES
  local counts
  counts="$(sed -n 's/.*Received: .*This message is from \([a-z0-9][a-z0-9.-]*\).*/\1 1/p' <<<"$1")"
  if [[ -z "$counts" ]]; then
    counts="$(sed -n '/"msg":"tally"/s/.*"pods":{\([^}]*\)}.*/\1/p' <<<"$1" | tr ',' '\n' |
      sed -n 's/^"\(.*\)":\([0-9]*\)$/\1 \2/p')"
  fi
  awk 'NF == 2 { sum[$1] += $2 } END { for (pod in sum) print sum[pod], pod }' <<<"$counts" | sort -k2
}

# Whole seconds, compared as text. A client's first tally counts calls from before, so it is left out.
lines_after() { # TIME
  awk -v since="$1" '
    since == "" || !match($0, /"time":"[^"]*"/) { print; next }
    substr($0, RSTART + 8, 19) <= substr(since, 1, 19) { next }
    /"msg":"tally"/ { match($0, /"client":"[^"]*"/); if (!seen[substr($0, RSTART, RLENGTH)]++) next }
    { print }'
}

newest_pod_since() { # when the last server or Envoy became ready or stopped being so: "2026-11-24T08:17:24Z"
  { pods_by_readiness grpc-server && pods_by_readiness envoy; } | awk '{ print $2 }' | sort | tail -n 1
}

count_ready_servers() {
  pods_by_readiness grpc-server | grep -c '^True' || true
}

pods_by_readiness() { # NAME, which is the namespace's too: "True 2026-11-24T08:17:24Z" per pod
  local ready='.status.conditions[?(@.type=="Ready")]'
  ask_quietly -n "$1" get pods -l "app.kubernetes.io/name=$1" \
    -o jsonpath="{range .items[*]}{$ready.status}{\" \"}{$ready.lastTransitionTime}{\"\\n\"}{end}"
}

client_has_replies() {
  REASON="$(client_log | last_line)"
  [[ -n "$(replies_per_pod)" ]]
}

# Two pods make an even spread visible. If no HPA scales the servers up from their one pod, that pod is enough. A slow
# client never fills the sample, because the log is read back for a limited time; then a smaller sample is enough.
sample_is_complete() { # SECONDS at which the wait began
  local replies ready wanted count pods
  replies="$(replies_per_present_pod)"
  ready="$(count_ready_servers)"
  wanted=$((ready * REPLIES_PER_POD))
  if ((wanted > REPLIES_AT_MOST)); then wanted=$REPLIES_AT_MOST; fi
  if ((SECONDS - $1 >= REPLIES_FROM_SECONDS)); then wanted=1; fi
  count="$(awk '{ sum += $1 } END { print sum + 0 }' <<<"$replies")"
  pods="$(grep -c . <<<"$replies" || true)"
  REASON="$count of $wanted replies, from $pods of $ready server pods"
  if ((count == 0 || count < wanted)); then return 1; fi
  # shellcheck disable=SC2086 # one argument per box
  if ! is_left_out hpas && are_waited_for hpas $BOXES_OF_METRICS; then ((pods >= 2)); else ((pods >= 2 || ready <= 1)); fi
}
