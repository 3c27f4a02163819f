# shellcheck shell=bash
# Plays the tools that hold images, as measured: minikube 1.39 (containerd 2.3, buildkit 0.32), minikube before it with
# Docker, and with containerd 1.7; docker, podman and kind. A store is a folder with a file per name, whose text is the
# image's id. STUB_MINIKUBE says which minikube it is: containerd (the default, as of 1.39), docker, containerd-1.7.
readonly NODE="$STUB_STATE/images/node" HOST="$STUB_STATE/images/host" REGISTRY="$STUB_STATE/images/registry"

play_minikube() {
  case "$call" in
  *' start') : >"$STUB_STATE/started" ;;
  *' image build '*) build "$NODE" "$(in_full "$(word_after -t)")" ;; # its exit code says nothing, here and below
  *' image tag '*) tag_in_minikube "${arguments[@]: -2:1}" "${arguments[@]: -1:1}" ;;
  *' image rm '*) remove_from_minikube "$NODE/$(file_of "$(in_full "${arguments[@]: -1:1}")")" ;;
  *' image ls --format json') list_as_json ;;
  *' image ls') for_each_listed printf '%s\n' ;;
  esac
}

tag_in_minikube() { # SOURCE TARGET
  local source="$1" target="$2"
  if [[ "${STUB_MINIKUBE:-containerd}" == docker ]]; then # Docker completes both names
    source="$(in_full "$source")" target="$(in_full "$target")"
  elif [[ "${STUB_MINIKUBE:-}" == containerd-1.7 && -f "$NODE/$(file_of "$target")" ]]; then
    return 0 # ctr refuses a target that is there; minikube keeps it to itself
  fi
  # containerd takes both literally: a short source is not found, a short target is made beside the full one.
  if [[ -f "$NODE/$(file_of "$source")" ]]; then cp "$NODE/$(file_of "$source")" "$NODE/$(file_of "$target")"; fi
}

remove_from_minikube() { # FILE: the kubelet's interface, which containerd has, takes an image with all its names
  local file id
  id="$(cat "$1" 2>/dev/null)"
  if [[ "${STUB_MINIKUBE:-}" == docker || -z "$id" ]]; then
    rm -f "$1"
    return 0
  fi
  for file in "$NODE"/*; do
    if [[ "$(cat "$file")" == "$id" ]]; then rm -f "$file"; fi
  done
}

play_docker() { # docker and podman: both end with 1 where it did not work
  local name
  case "$call" in
  *' build '*) build "$HOST" "$(name_of_builder "$(word_after -t)")" ;;
  *' image inspect '*) cat "$HOST/$(file_of "$(name_of_builder "${arguments[@]: -1:1}")")" 2>/dev/null || exit 1 ;;
  *' save -o '*)
    name="$(name_of_builder "${arguments[@]: -1:1}")"
    [[ -f "$HOST/$(file_of "$name")" ]] || exit 1
    printf '%s %s\n' "$name" "$(cat "$HOST/$(file_of "$name")")" >"$(word_after -o)"
    ;;
  *' push '*)
    name="${arguments[*]: -1:1}"
    mkdir -p "$REGISTRY"
    cp "$HOST/$(file_of "$name")" "$REGISTRY/$(file_of "$name")" 2>/dev/null || exit 1
    ;;
  esac
}

name_of_builder() { # NAME: podman puts what it builds under a short name below localhost/
  if [[ "$tool" == podman && "$1" != */* ]]; then printf 'localhost/%s' "$1"; else in_full "$1"; fi
}

play_kind() {
  local name id
  mkdir -p "$NODE"
  case "$call" in
  'kind load docker-image '*) # it asks the command docker, whatever built the image
    name="$(in_full "${arguments[2]}")"
    if [[ ! -f "$HOST/$(file_of "$name")" || ! -x "${0%/*}/docker" ]]; then
      echo "ERROR: image: \"${arguments[2]}\" not present locally" >&2
      exit 1
    fi
    cp "$HOST/$(file_of "$name")" "$NODE/$(file_of "$name")"
    ;;
  'kind load image-archive '*)
    read -r name id <"${arguments[2]}" || exit 1
    printf '%s' "$id" >"$NODE/$(file_of "$name")"
    ;;
  esac
}

# The id comes from what the compiler makes of the sources: comments are not in it.
build() { # STORE NAME
  local service folder="."
  service="$(word_after -f)" service="${service#*Dockerfile.}"
  mkdir -p "$1"
  printf 'sha256:%s' "$(find "$folder/$service" "$folder/Dockerfile.$service" -type f -exec cat {} + |
    sed '/^\/\/ /d' | openssl dgst -sha256 -r | cut -c 1-64)" >"$1/$(file_of "$2")"
  echo "built $2"
}

word_after() { # FLAG
  local index
  for ((index = 0; index < ${#arguments[@]}; index++)); do
    if [[ "${arguments[index]}" == "$1" ]]; then printf '%s' "${arguments[index + 1]}"; fi
  done
}

in_full() { # NAME: as the kubelet and Docker complete it
  case "$1" in
  */*) printf '%s' "$1" ;;
  *) printf 'docker.io/library/%s' "$1" ;;
  esac
}

file_of() { # NAME
  printf '%s' "${1//\//+}"
}

for_each_listed() { # COMMAND…: with the name of each image on the node, short ones as if they were full
  local file
  for file in "$NODE"/*; do
    if [[ -f "$file" ]]; then "$@" "$(in_full "$(basename_of "$file")")"; fi
  done
}

basename_of() { # FILE
  local name="${1##*/}"
  printf '%s' "${name//+//}"
}

# As minikube writes it: one line, an object per image with all its names; Docker's ids come without the algorithm.
list_as_json() {
  local id other file names separator=''
  printf '['
  while read -r id; do
    if [[ -z "$id" || "$separator" == *"$id"* ]]; then continue; fi
    names=''
    for file in "$NODE"/*; do
      read -r other <"$file" # its end is no end of a line, which read calls a failure
      if [[ "$other" == "$id" ]]; then names="$names,\"$(in_full "$(basename_of "$file")")\""; fi
    done
    if [[ -n "$separator" ]]; then printf ','; fi
    separator="$separator $id"
    if [[ "${STUB_MINIKUBE:-}" == docker ]]; then id="${id#sha256:}"; fi
    printf '{"id":"%s","repoDigests":[],"repoTags":[%s],"size":"67000000"}' "$id" "${names#,}"
  done <<<"$(awk 1 /dev/null "$NODE"/* 2>/dev/null)"
  printf ']\n'
}

# Once a tool put images somewhere, pods find what is on the node, or in the registry that their image names.
pods_find_their_image() { # DEPLOYMENT
  local image file
  file="$(compgen -G "$STUB_STATE/objects/*_${1/-/_}_k8s_deployment.yaml" | head -n 1)"
  if [[ ! -d "$STUB_STATE/images" || ! -f "$file" ]]; then return 0; fi
  image="$(sed -n 's/^ *image: *//p' "$file" | head -n 1)"
  [[ -f "$NODE/$(file_of "$(in_full "$image")")" || -f "$REGISTRY/$(file_of "$image")" ]] ||
    [[ "${STUB_CONTEXT:-}" == docker-desktop && -f "$HOST/$(file_of "$(in_full "$image")")" ]]
}
