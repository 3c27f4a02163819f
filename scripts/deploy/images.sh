# shellcheck shell=bash
# Owns how grpc-server and grpc-client get into the cluster, and that pods run what was built last.

readonly DOCKER="${DOCKER:-docker}"
# A tag that never changes tells no pod that its image did; what it was built from is noted on the Deployment instead.
readonly SOURCES_NOTE=deploy-all/image-sources
IMAGES_BUILT=false

build_images() {
  local way service
  if [[ "$BUILD_IMAGES" == false ]]; then
    log images "not built: $(image_of server) and $(image_of client) are expected to be there"
    return 0
  fi
  way="$(image_way)"
  for service in server client; do
    log images "building $(image_of "$service") by way of $way"
    "build_with_$way" "$service" >&2 || fail_step "$(image_of "$service") was not built; the builder's words are above"
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
  *) die_usage "context '$CONTEXT': say how the images get there, by --image-prefix REGISTRY or --no-build" ;;
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

minikube_profile() { # minikube labels its nodes with it; a context may be called otherwise
  local profile
  profile="$(ask_quietly get nodes -o 'jsonpath={.items[0].metadata.labels.minikube\.k8s\.io/name}')"
  if [[ -z "$profile" && "$CONTEXT" == minikube ]]; then profile=minikube; fi
  printf '%s' "$profile"
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

# minikube reports success even where the build failed, so the image is built under a name that only these sources have:
# if it is there, it was built. (grep -q would hang up on minikube, which would then fail.)
build_with_minikube() { # SERVICE
  local profile image
  profile="$(minikube_profile)"
  image="grpc-$1:$(sources_of "$1")"
  (cd "$ROOT" && minikube -p "$profile" image build -t "$image" -f "Dockerfile.$1" .) &&
    minikube -p "$profile" image ls | grep "$image" >/dev/null &&
    minikube -p "$profile" image tag "$image" "grpc-$1:dev"
}

build_with_kind() { # SERVICE
  build_with_docker "$1" && kind load docker-image "grpc-$1:dev" --name "${CONTEXT#kind-}"
}

build_with_docker() { # SERVICE
  (cd "$ROOT" && "$DOCKER" build -t "$(image_of "$1")" -f "Dockerfile.$1" .)
}

build_with_registry() { # SERVICE
  build_with_docker "$1" && "$DOCKER" push "$(image_of "$1")"
}

sources_of() { # SERVICE: a fingerprint of all that Dockerfile.SERVICE copies
  local files=() file
  while IFS= read -r file; do files+=("$file"); done < <(
    cd "$ROOT" && find "Dockerfile.$1" package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json \
      proto runtime "$1" -type f | LC_ALL=C sort
  )
  (cd "$ROOT" && fingerprint_of "${files[@]}")
}

sources_in_cluster() { # NAMESPACE DEPLOYMENT
  ask -n "$1" get deployment "$2" --ignore-not-found \
    -o "jsonpath={.metadata.annotations.${SOURCES_NOTE//./\\.}}"
}

# The note is written after the pods rolled, so a run that was stopped in between rolls them again rather than never.
roll_if_rebuilt() { # NAMESPACE DEPLOYMENT SERVICE NAME-IF-IT-WAS-THERE
  local sources noted
  if [[ "$IMAGES_BUILT" == false || -n "$IMAGE_PREFIX" ]]; then return 0; fi
  sources="$(sources_of "$3")"
  noted="$(sources_in_cluster "$1" "$2")"
  if [[ "$noted" == "$sources" ]]; then return 0; fi
  if [[ -n "$4" ]]; then
    log "$CURRENT_STEP" "the image is new: rolling deployment/$2"
    kube -n "$1" rollout restart "deployment/$2" >/dev/null
    wait_for_rollout "$1" "$2"
  fi
  kube -n "$1" annotate --overwrite --field-manager="$FIELD_MANAGER-images" deployment "$2" "$SOURCES_NOTE=$sources" >/dev/null
}
