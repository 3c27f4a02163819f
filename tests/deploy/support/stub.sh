#!/bin/bash
# Stands in for kubectl, linkerd, minikube, kind, docker, podman and npm: notes each call, answers from the rules of the
# test, and otherwise as a healthy cluster would. It remembers what was applied, so a second run finds it. Knows no test.
# One run of the script calls it more than a hundred times, so it starts few processes of its own: 'read' in place of 'cat'.
set -u
tool="${0##*/}"
arguments=()
while (($# > 0)); do
  case "$1" in
  --context) shift ;; # noted below as "@": the tests want to know that it was there, not what it was
  --request-timeout=*) ;;
  *) arguments+=("$1") ;;
  esac
  [[ "$1" == "${STUB_CONTEXT:-minikube}" && ${#arguments[@]} == 0 ]] && arguments+=("@")
  shift
done
call="$tool ${arguments[*]}"

note() {
  printf '%s\n' "${call//$'\n'/ }" >>"$STUB_STATE/calls"
}

follow_rules() { # the first rule that matches and is not used up answers
  local rule pattern code times used text
  for rule in "$STUB_STATE"/rules/*; do
    [[ -d "$rule" ]] || continue
    IFS= read -r -d '' pattern <"$rule/pattern"
    read -r code <"$rule/code"
    read -r times <"$rule/times"
    used=0
    if [[ -f "$rule/used" ]]; then read -r used <"$rule/used"; fi
    # shellcheck disable=SC2053 # the rule is a pattern
    if [[ "$call" == $pattern ]] && ((times == 0 || used < times)); then
      echo $((used + 1)) >"$rule/used"
      IFS= read -r -d '' text <"$rule/stderr"
      printf '%s' "$text" >&2
      IFS= read -r -d '' text <"$rule/stdout"
      printf '%s' "$text"
      if [[ "$code" == hang ]]; then
        : >"$STUB_STATE/hanging" # only now: a signal before this line could end one of the tools above instead
        exec sleep 60
      fi
      exit "$code"
    fi
  done
}

each_object() { # remember|recall: over the files below -f DIRECTORY, or stdin
  local target="${call#* -f }" file text name=''
  target="${target%% *}"
  if [[ "$target" == - ]]; then
    IFS= read -r -d '' text
    if [[ "$text" =~ $'\n  name: '([^$'\n']*) ]]; then name="${BASH_REMATCH[1]}"; fi
    "$1" "$name" "$text"
  elif [[ ! -e "$target" ]]; then
    echo "error: the path \"$target\" does not exist" >&2
    exit 1
  else
    for file in "$target" "$target"/*.yaml "$target"/*/*.yaml; do
      if [[ ! -f "$file" ]]; then continue; fi
      IFS= read -r -d '' text <"$file"
      "$1" "${file#*/manifests/}" "$text"
    done
  fi
}

# shellcheck disable=SC2329 # each_object is told its name
remember() { # NAME TEXT: the time moves only if the content did, as on a real API server
  local known="$STUB_STATE/objects/${1//\//_}" before='' calls
  if [[ -f "$known.yaml" ]]; then IFS= read -r -d '' before <"$known.yaml"; fi
  if [[ "$2" == "$before" ]]; then return 0; fi
  printf '%s' "$2" >"$known.yaml"
  IFS= read -r -d '' calls <"$STUB_STATE/calls"
  echo "${#calls}" >"$known.time" # it grows with each call
}

# shellcheck disable=SC2329 # each_object is told its name
recall() { # NAME TEXT: as one line of the columns that are asked for
  local known="$STUB_STATE/objects/${1//\//_}" time
  if [[ ! -f "$known.time" ]]; then return 0; fi
  read -r time <"$known.time"
  printf 'Object   none   %s   uid   %s\n' "$1" "$time"
}

is_applied() { # PATTERN
  compgen -G "$STUB_STATE/objects/$1" >/dev/null
}

secret_value() { # SECRET KEY
  sed -n "s/^  $2: //p" "$STUB_STATE/objects/$1.yaml" 2>/dev/null
}

answer_apply() {
  case "$call" in
  *--dry-run=server*)
    if [[ "$call" != */namespaces* && "$call" != */apiservice* ]] && ! is_applied 'namespaces_*'; then
      echo 'Error from server (NotFound): namespaces "grpc-server" not found' >&2
      exit 1
    fi
    ;;
  *https://*/gateway-api/*) : >"$STUB_STATE/gateway-api" ;;
  *https://*) ;;
  */linkerd.yaml) remember_linkerd "${call##* -f }" ;;
  *) each_object remember ;;
  esac
}

remember_linkerd() { # FILE: what the stub of the CLI wrote names what it would have installed
  local what
  while read -r what; do : >"$STUB_STATE/$what"; done < <(sed -n 's/^# installs //p' "$1")
}

answer_get() {
  case "$call" in
  *' linkerd-proxy-injector-webhook-config '*) if [[ -f "$STUB_STATE/linkerd" ]]; then echo webhook; fi ;;
  *' namespace linkerd-viz '*) if [[ -f "$STUB_STATE/linkerd-viz" ]]; then echo namespace/linkerd-viz; fi ;;
  *' crd httproutes.gateway.networking.k8s.io '*) if [[ -f "$STUB_STATE/gateway-api" ]]; then echo crd/x; fi ;;
  *'get --raw /version') echo '{ "major": "1", "gitVersion": "v1.35.4" }' ;;
  *'get --raw /apis/custom.metrics.k8s.io/v1beta1') echo '{"kind":"APIResourceList"}' ;;
  *'get --raw /apis/custom.metrics.k8s.io/v1beta1/namespaces/'*) echo '{"items":[{"value":"100m"},{"value":"100m"}]}' ;;
  *' -f '*) each_object recall ;;
  *'{.spec.service.'*) if is_applied 'apiservice_*'; then echo 'prometheus/prometheus-adapter'; fi ;;
  *'.status}') echo True ;;
  *'.status.currentReplicas}'*) echo '3|112m|300m' ;;
  *'.status.availableReplicas}') echo 1 ;;
  *'get pods '*'.lastTransitionTime}'*) printf 'True 2026-11-24T08:17:2%s\n' 1Z 2Z 3Z ;;
  *'secret prometheus-adapter-tls'*tls*crt*) secret_value prometheus-adapter-tls tls.crt ;;
  *'secret prometheus-adapter-tls'*ca*crt*) secret_value prometheus-adapter-tls ca.crt ;;
  *'secret grafana-admin'*) if is_applied grafana-admin.yaml; then echo secret/grafana-admin; fi ;;
  *'get deployment grpc-server --ignore-not-found -o name') if is_applied 'server_*'; then echo deployment/x; fi ;;
  *'get deployment grpc-client --ignore-not-found -o name') if is_applied 'client_*'; then echo deployment/x; fi ;;
  *'get deployment prometheus-adapter --ignore'*) if is_applied 'adapter_*'; then echo deployment/x; fi ;;
  *'get deployment grpc-'*' -o jsonpath={.metadata.annotations.'*) note_of "${arguments[5]}" "${call##*/}" ;;
  *'get replicasets -l app.kubernetes.io/name=grpc-'*) echo 'newest 1' ;;
  *'get pods -l app.kubernetes.io/name=grpc-'*,pod-template-hash=newest*) newest_pod ;;
  esac
}

note_of() { # DEPLOYMENT NOTE}
  sed -n "s|^deploy-all/${2%\}}=||p" "$STUB_STATE/notes.$1" 2>/dev/null
}

newest_pod() { # "pod|why its container waits|": the image pull fails a moment after it began
  local deployment="${call#*app.kubernetes.io/name=}"
  if ! pods_find_their_image "${deployment%%,*}"; then echo "${deployment%%,*}-newest-1| ImagePullBackOff|"; fi
}

answer_kubectl() {
  case "$call" in
  *'config current-context')
    [[ -z "${STUB_STOPPED:-}" || -f "$STUB_STATE/started" ]] || exit 1
    echo "${STUB_CONTEXT:-minikube}"
    ;;
  *'config get-contexts -o name') echo "${STUB_CONTEXT:-minikube}" ;;
  *'config get-contexts '*) [[ "${arguments[2]}" == "${STUB_CONTEXT:-minikube}" ]] || exit 1 ;;
  *'config view'*) echo "https://127.0.0.1:6443/$STUB_STATE" ;;
  *'auth can-i '*) echo yes ;;
  *' apply '*) answer_apply ;;
  *' rollout status deployment/'*)
    deployment="${call#*deployment/}"
    if pods_find_their_image "${deployment%% *}"; then
      echo 'deployment "x" successfully rolled out'
    else
      echo 'Waiting for deployment "x" rollout to finish: 0 of 1 updated replicas are available...'
    fi
    ;;
  *' annotate '*deploy-all/image-*)
    deployment="${call##* deployment }"
    printf '%s\n' "${deployment#* }" | tr ' ' '\n' >"$STUB_STATE/notes.${deployment%% *}"
    ;;
  *' logs '*)
    for second in 30 35 40 45; do
      for pod in grpc-server-a grpc-server-b grpc-server-c; do
        echo "{\"time\":\"2026-11-24T08:17:$second.328Z\",\"msg\":\"Received: Hello, Kubernetes! This message is from $pod\"}"
      done
    done
    ;;
  *' get '*) answer_get ;;
  esac
}

# Plays the CLI of edge-26.8, as seen on a real cluster: while the Gateway API's CRDs are missing 'check --pre' fails, and
# 'install --crds' writes nothing but the line that applies them. With them it writes the manifest, and the line to type
# next to standard error. Nothing reads the words of the checks; theirs are of the same kind, not the same.
answer_linkerd() {
  case "$call" in
  *' install --crds'*)
    need_gateway_api
    echo '# installs linkerd-crds'
    echo 'Rendering Linkerd CRDs...' >&2
    echo "Next, run 'linkerd install | kubectl apply -f -' to install the control plane." >&2
    ;;
  *' viz install'*) echo '# installs linkerd-viz' ;;
  *' install'*) echo '# installs linkerd' ;;
  *' check --pre'* | *' check '*' --pre'*)
    if [[ ! -f "$STUB_STATE/gateway-api" ]]; then
      printf '× the Gateway API is installed\n    its CRDs are missing\n\nStatus check results are ×\n'
      exit 1
    fi
    echo 'Status check results are √'
    ;;
  *' check'*)
    if [[ "$call" != *'--output short'* ]]; then printf '√ check %s passed\n' {1..60}; fi
    echo 'Status check results are √'
    ;;
  esac
}

need_gateway_api() {
  local releases=https://github.com/kubernetes-sigs/gateway-api/releases/download
  if [[ -f "$STUB_STATE/gateway-api" ]]; then return 0; fi
  printf 'The Gateway API CRDs must be installed prior to installing Linkerd. Run:\n\nkubectl apply --server-side -f %s\n' \
    "$releases/${STUB_GATEWAY_API:-v1.5.1}/standard-install.yaml" >&2
  exit 1
}

note
follow_rules
if [[ "$tool" != kubectl || "$call" == *' rollout status '* || "$call" == *' get pods '* ]]; then
  # shellcheck source-path=SCRIPTDIR
  source "$STUB_FOLDER/stub-images.sh"
fi
case "$tool" in
kubectl) answer_kubectl ;;
minikube) play_minikube ;;
docker | podman) play_docker ;;
kind) play_kind ;;
linkerd) answer_linkerd ;;
esac
exit 0
