# shellcheck shell=bash
# Owns the images inside minikube, whichever runtime its node has. minikube's exit code says nothing: `image build` ends
# with 0 after a RUN that failed, `image tag` with 0 when it tagged nothing. So the script looks at the node's images.

minikube_profile() { # minikube labels its nodes with it; the context may have another name
  local profile
  profile="$(ask_quietly get nodes -o 'jsonpath={.items[0].metadata.labels.minikube\.k8s\.io/name}')"
  if [[ -z "$profile" && "$CONTEXT" == minikube ]]; then profile=minikube; fi
  printf '%s' "$profile"
}

# The image is built under a name that only these sources have: if the name exists, the build succeeded.
build_with_minikube() { # SERVICE
  local profile built wanted id
  profile="$(minikube_profile)"
  built="$LIBRARY/grpc-$1:$(sources_of "$1")"
  wanted="$LIBRARY/grpc-$1:dev"
  (cd "$ROOT" && minikube -p "$profile" image build -t "$built" -f "Dockerfile.$1" .) || return 1
  id="$(id_in_minikube "$profile" "$built")"
  if [[ -z "$id" ]]; then return 1; fi
  minikube -p "$profile" image tag "$built" "$wanted"
  # containerd before 2.0 does not move an existing name. Running pods are not affected: they have their files.
  if [[ "$(id_in_minikube "$profile" "$wanted")" != "$id" ]]; then
    minikube -p "$profile" image rm "$wanted"
    minikube -p "$profile" image tag "$built" "$wanted"
  fi
  check_tag "$profile" "$built" "$wanted" "$id"
  remember_image_id "$1" "$id"
}

check_tag() { # PROFILE BUILT WANTED ID
  local found
  found="$(id_in_minikube "$1" "$3")"
  if [[ "$found" == "$4" ]]; then return 0; fi
  fail_step "'minikube image tag $2 $3' tagged nothing: in minikube $3 is ${found:-no image}, and should be $4"
}

# minikube writes one line of JSON, an object per image: id, repoDigests, repoTags (with registry and folder), size.
id_in_minikube() { # PROFILE NAME-IN-FULL: the image's id, or nothing if there is none
  { minikube -p "$1" image ls --format json || true; } | tr -d '\n' | tr '{' '\n' | grep -F "\"$2\"" |
    sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' | head -n 1 || true
}

mention_images_in_minikube() { # PROFILE
  local count
  count="$({ minikube -p "$1" image ls || true; } | grep -cE "^$LIBRARY/grpc-(server|client):" || true)"
  if ((count == 0)); then return 0; fi
  printf 'Images stay in minikube (%s, names of old sources among them). To remove them:\n' "$count"
  # One by one: if two names are one image, the runtime removes both with the first, and minikube warns about the other.
  printf "  minikube -p %q image ls | grep -E '^%s/grpc-(server|client):' | xargs -n 1 minikube -p %q image rm\n" \
    "$1" "$LIBRARY" "$1"
}
