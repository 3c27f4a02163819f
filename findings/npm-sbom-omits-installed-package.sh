#!/usr/bin/env bash
# npm 11.19.1: `npm sbom --omit dev` leaves out a package that `npm ci --omit=dev` installs, where the project names it
# in devDependencies and a package of dependencies needs it as well. Types for Node.js beside protobufjs are such a pair. The
# lockfile is right (no "dev": true there), so what is shipped has to be asked of it.
#
# Output seen:
#   npm ci --omit=dev: @types/node is installed
#   npm sbom --omit dev: @types/node is not listed
#
# Fails (exit 1) if that changes. Needs Node.js and npm.
set -Eeuo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tool" "$folder/project"
cd "$folder/tool"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund npm@11.19.1
npm=$folder/tool/node_modules/.bin/npm

cd "$folder/project"
cat >package.json <<'JSON'
{
  "name": "example",
  "version": "1.0.0",
  "dependencies": { "protobufjs": "7.6.6" },
  "devDependencies": { "@types/node": "20.19.43" }
}
JSON
"$npm" install --silent --ignore-scripts --no-audit --no-fund
"$npm" ci --omit=dev --silent --ignore-scripts --no-audit --no-fund
"$npm" sbom --omit dev --sbom-format cyclonedx >bill.json

is() { "$@" && echo "is" || echo "is not"; }
installed=$(is test -d node_modules/@types/node)
listed=$(is grep -q '"@types/node@20.19.43"' bill.json)
echo "npm ci --omit=dev: @types/node $installed installed"
echo "npm sbom --omit dev: @types/node $listed listed"
[[ $installed == 'is' && $listed == 'is not' ]]
