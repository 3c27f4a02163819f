# shellcheck shell=bash
# Owns how grpc-server and grpc-client get into the cluster, and that pods run what was built last.

readonly DOCKER="${DOCKER:-docker}"
# Where the kubelet looks for a name without a registry. The tools get names in full: containerd's and podman's make a
# short one into another image, which no pod finds.
readonly LIBRARY=docker.io/library
# The tag never changes, so pods do not notice a new image. The Deployment has notes instead: the image's sources
# and its id.
readonly SOURCES_NOTE=deploy-all/image-sources
readonly IMAGE_NOTE=deploy-all/image-id
IMAGES_BUILT=false

build_images() {
  local way service
  if [[ "$BUILD_IMAGES" == false ]]; then
    log images "not built: $(image_of server) and $(image_of client) must be in the cluster already"
    return 0
  fi
  way="$(image_way)"
  for service in server client; do
    log images "building $(image_of "$service") with $way"
    "build_with_$way" "$service" >&2 || fail_step "$(image_of "$service") was not built; the builder's output is above"
  done
  IMAGES_BUILT=true
}

check_image_way() { # before anything changes: is there a way for images into this cluster?
  if ! wants_step images || [[ "$BUILD_IMAGES" == false ]]; then return 0; fi
  case "$(image_way)" in
  minikube) need_command minikube "https://minikube.sigs.k8s.io (or, with the images loaded by hand: --no-build)" ;;
  kind)
    need_command kind "https://kind.sigs.k8s.io (or, with the images loaded by hand: --no-build)"
    need_command "$DOCKER" "it builds the images (another builder: DOCKER=podman)"
    ;;
  docker | registry) need_command "$DOCKER" "it builds the images (another builder: DOCKER=podman)" ;;
  *) die_usage "context '$CONTEXT': its images need --image-prefix REGISTRY or --no-build" ;;
  esac
}

image_way() {
  if [[ -n "$IMAGE_PREFIX" ]]; then
    printf 'registry'
    return 0
  fi
  case "$CONTEXT" in
  kind-*) printf 'kind' ;;
  docker-desktop | rancher-desktop | orbstack) printf 'docker' ;; # the cluster sees what its own Docker builds
  *) if [[ -n "$(minikube_profile)" ]]; then printf 'minikube'; else printf 'none'; fi ;;
  esac
}

image_of() { # SERVICE
  if [[ -z "$IMAGE_PREFIX" ]]; then
    printf 'grpc-%s:dev' "$1"
  elif [[ "$BUILD_IMAGES" == true ]]; then
    printf '%s/grpc-%s:%s' "$IMAGE_PREFIX" "$1" "$(sources_of "$1")" # another image, another name: it rolls by itself
  else
    printf '%s/grpc-%s:dev' "$IMAGE_PREFIX" "$1"
  fi
}

build_with_kind() { # SERVICE
  local cluster="${CONTEXT#kind-}" archive="$WORK/grpc-$1.tar"
  build_with_docker "$1" || return 1
  if [[ "${DOCKER##*/}" == docker ]]; then
    kind load docker-image "$LIBRARY/grpc-$1:dev" --name "$cluster"
  else # kind asks the command "docker" for an image, whatever built it
    "$DOCKER" save -o "$archive" "$LIBRARY/grpc-$1:dev" && kind load image-archive "$archive" --name "$cluster"
  fi
}

build_with_docker() { # SERVICE
  local name="$LIBRARY/grpc-$1:dev"
  if [[ -n "$IMAGE_PREFIX" ]]; then name="$(image_of "$1")"; fi
  (cd "$ROOT" && "$DOCKER" build -t "$name" -f "Dockerfile.$1" .) || return 1
  remember_image_id "$1" "$("$DOCKER" image inspect --format '{{.Id}}' "$name")"
}

build_with_registry() { # SERVICE
  build_with_docker "$1" && "$DOCKER" push "$(image_of "$1")"
}

remember_image_id() { # SERVICE ID
  printf '%s' "$2" >"$WORK/image-id.$1"
}

sources_of() { # SERVICE: a fingerprint of all that Dockerfile.SERVICE copies
  local files=() file
  while IFS= read -r file; do files+=("$file"); done < <(
    cd "$ROOT" && find "Dockerfile.$1" package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json \
      scripts/bundle.ts proto runtime "$1" -type f | LC_ALL=C sort
  )
  (cd "$ROOT" && fingerprint_of "${files[@]}")
}

noted_in_cluster() { # NOTE NAMESPACE DEPLOYMENT
  ask -n "$2" get deployment "$3" --ignore-not-found -o "jsonpath={.metadata.annotations.${1//./\\.}}"
}

# Either tells that the pods run this image already: the same sources, or (after a change of a comment, which the
# compiler drops) the same image. The notes are written after the pods rolled, so a run that was stopped in between rolls
# them again rather than never.
roll_if_rebuilt() { # NAMESPACE DEPLOYMENT SERVICE NAME-IF-IT-WAS-THERE
  local sources id
  if [[ "$IMAGES_BUILT" == false || -n "$IMAGE_PREFIX" ]]; then return 0; fi
  sources="$(sources_of "$3")"
  if [[ "$(noted_in_cluster "$SOURCES_NOTE" "$1" "$2")" == "$sources" ]]; then return 0; fi
  id="$(cat "$WORK/image-id.$3")"
  if [[ -n "$4" ]] && [[ -z "$id" || "$(noted_in_cluster "$IMAGE_NOTE" "$1" "$2")" != "$id" ]]; then
    log "$CURRENT_STEP" "the image is new: rolling deployment/$2"
    kube -n "$1" rollout restart "deployment/$2" >/dev/null
    wait_for_rollout "$1" "$2"
  elif [[ -n "$4" ]]; then
    log "$CURRENT_STEP" "the sources changed, the image did not: the pods stay"
  fi
  kube -n "$1" annotate --overwrite --field-manager="$FIELD_MANAGER-images" deployment "$2" \
    "$SOURCES_NOTE=$sources" "$IMAGE_NOTE=$id" >/dev/null
}

mention_images() { # after everything else went: what of ours the cluster's deletion does not reach
  case "$(image_way)" in
  minikube) if command -v minikube >/dev/null 2>&1; then mention_images_in_minikube "$(minikube_profile)"; fi ;;
  kind | docker)
    if "$DOCKER" image inspect "$LIBRARY/grpc-server:dev" >/dev/null 2>&1; then
      printf 'Images stay in %s. To remove them: %s image rm grpc-server:dev grpc-client:dev && %s image prune\n' \
        "$DOCKER" "$DOCKER" "$DOCKER"
    fi
    ;;
  esac
}
