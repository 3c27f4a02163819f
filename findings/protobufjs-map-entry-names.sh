#!/usr/bin/env bash
# In a file descriptor protobufjs 7.6.6 names the nested message of a map field `statuses` `Statuses`; protoc (of
# grpcio-tools 1.76.0) names it `StatusesEntry`. Readers that check the name, such as protobuf-go, refuse the whole file.
# So grpcurl cannot describe a server that reflects such descriptors once one of its messages has a map.
#
# Output seen:
#   protobufjs: Statuses
#   protoc: StatusesEntry
#
# Fails (exit 1) if that changes. Needs Node and npm, Python 3 with pip.
set -Eeuo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent protobufjs@7.6.6
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check grpcio-tools==1.76.0 setuptools==80.9.0

cat >example.proto <<'PROTO'
syntax = "proto3";
package example;
message Reply {
  map<string, int32> statuses = 1;
}
PROTO

cat >names.js <<'JS'
const { loadSync } = require('protobufjs');
const { FileDescriptorSet } = require('protobufjs/ext/descriptor');
const { readFileSync } = require('node:fs');

const nestedNames = (set) =>
  set.file.flatMap(({ messageType }) => messageType.flatMap(({ nestedType }) => nestedType.map(({ name }) => name)));
const root = loadSync('example.proto');
root.resolveAll();
console.log(`protobufjs: ${nestedNames(root.toDescriptor('proto3'))}`);
console.log(`protoc: ${nestedNames(FileDescriptorSet.decode(readFileSync('example.set')))}`);
JS

python/bin/python -m grpc_tools.protoc -I. --descriptor_set_out=example.set example.proto
expected='protobufjs: Statuses
protoc: StatusesEntry'
seen=$(node names.js)
printf '%s\n' "$seen"
if [[ "$seen" != "$expected" ]]; then
  printf 'this has changed; expected:\n%s\n' "$expected" >&2
  exit 1
fi
