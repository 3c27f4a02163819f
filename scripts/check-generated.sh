#!/usr/bin/env bash
# Fails when the committed types are not what proto/greeter.proto generates today.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
GENERATED_DIR=$fresh npm run --silent generate
if ! diff -r "$fresh" proto/generated; then
  echo "proto/generated is stale: run 'npm run generate' and commit the result" >&2
  exit 1
fi
