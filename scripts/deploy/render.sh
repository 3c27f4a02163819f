# shellcheck shell=bash
# Owns what goes to the cluster: a copy of the manifests in the temporary folder, sorted by step, with the few lines
# changed that depend on options. The files in the tree are never touched.

render_manifests() {
  local folder
  make_work_folder
  RENDERED="$WORK/manifests"
  for folder in prometheus_k8s grpc_server_k8s envoy_proxy_k8s grpc_client_k8s grafana_k8s; do copy_manifests "$folder"; done
  if [[ "$MESH" == true ]]; then use_mesh_settings; else keep_the_mesh_out; fi
  if [[ -n "$IMAGE_PREFIX" ]]; then use_image_prefix; fi
}

copy_manifests() { # FOLDER: with one process per step, not per file
  local file step files
  for step in namespaces prometheus adapter apiservice server envoy client hpas grafana; do
    files=()
    for file in "$ROOT/$1"/*.yaml; do
      set_step_of "$1/${file##*/}"
      if [[ "$STEP_OF_FILE" == "$step" ]]; then files+=("$file"); fi
    done
    if ((${#files[@]} == 0)); then continue; fi
    mkdir -p "$RENDERED/$step/$1"
    cp "${files[@]}" "$RENDERED/$step/$1/"
  done
}

set_step_of() { # FOLDER/FILE: sets STEP_OF_FILE
  case "$1" in
  */00-namespace.yaml) STEP_OF_FILE=namespaces ;;
  */hpa.yaml) STEP_OF_FILE=hpas ;;                                # applied once there is a metric to read
  */role.yaml | */rolebinding.yaml) STEP_OF_FILE=prometheus ;;    # Prometheus needs them when it first looks for pods
  prometheus_k8s/adapter-apiservice.yaml) STEP_OF_FILE=apiservice ;; # applied once there is a pod to answer
  prometheus_k8s/adapter-*) STEP_OF_FILE=adapter ;;
  prometheus_k8s/*) STEP_OF_FILE=prometheus ;;
  grpc_server_k8s/*) STEP_OF_FILE=server ;;
  envoy_proxy_k8s/*) STEP_OF_FILE=envoy ;;
  grpc_client_k8s/*) STEP_OF_FILE=client ;;
  grafana_k8s/*) STEP_OF_FILE=grafana ;;
  esac
}

# The mesh's proxy balances over the Envoys only if the client calls the Service, so its settings differ; the checksum
# rolls the client when they do.
use_mesh_settings() {
  local settings="$ROOT/grpc_client_k8s/linkerd/configmap.yaml"
  cp "$settings" "$RENDERED/client/grpc_client_k8s/configmap.yaml"
  edit_manifest client/grpc_client_k8s/deployment.yaml \
    'checksum/config: "[^"]*"' "checksum/config: \"linkerd-$(fingerprint_of <"$settings")\""
}

# A mesh that is in the cluster, or comes later, must not get into pods whose client balances by itself. Then no pod
# needs the rights of Linkerd's init container, so no pod gets them. Both lines change together or not at all, because
# "restricted" refuses a pod with the proxy.
keep_the_mesh_out() {
  local folder
  for folder in grpc_server_k8s envoy_proxy_k8s grpc_client_k8s; do
    edit_manifest "namespaces/$folder/00-namespace.yaml" 'linkerd\.io/inject: enabled' 'linkerd.io/inject: disabled'
    edit_manifest "namespaces/$folder/00-namespace.yaml" \
      'pod-security\.kubernetes\.io/enforce: privileged' 'pod-security.kubernetes.io/enforce: restricted'
  done
}

use_image_prefix() {
  edit_manifest server/grpc_server_k8s/deployment.yaml 'image: grpc-server:dev' "image: $(image_of server)"
  edit_manifest client/grpc_client_k8s/deployment.yaml 'image: grpc-client:dev' "image: $(image_of client)"
}

edit_manifest() { # STEP/FOLDER/FILE PATTERN REPLACEMENT: the pattern has to be there
  if ! grep -q "$2" "$RENDERED/$1"; then die "${1#*/} has no line that matches '$2'"; fi
  replace_text "$2" "$3" "$RENDERED/$1"
}

replace_text() { # PATTERN REPLACEMENT FILE
  sed "s|$1|$2|" "$3" >"$3.new"
  mv "$3.new" "$3"
}

fingerprint_of() { # [FILE…]: 12 hexadecimal digits over names (as given) and contents, or over standard input
  openssl dgst -sha256 -r "$@" | openssl dgst -sha256 -r | cut -c 1-12
}
