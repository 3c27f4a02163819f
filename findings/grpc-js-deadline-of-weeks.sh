#!/usr/bin/env bash
# A server with @grpc/grpc-js 1.14.7 keeps the remaining time of grpc-timeout as signed 32-bit milliseconds. A call with a
# deadline 25 to 49 days away ends as soon as it arrives: DEADLINE_EXCEEDED, instead of an answer after half a second. Calls
# with nearer or farther deadlines are answered.
#
# Output seen (Node 20.20.2):
#   1 days: OK
#   24 days: OK
#   25 days: DEADLINE_EXCEEDED
#   49 days: DEADLINE_EXCEEDED
#   50 days: OK
#
# Fails (exit 1) if that changes. Needs Node and npm.
set -Eeuo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @grpc/grpc-js@1.14.7

cat >deadline.js <<'JS'
const { Server, ServerCredentials, credentials, makeGenericClientConstructor, status } = require('@grpc/grpc-js');

const same = (bytes) => bytes;
const method = {
  path: '/example.Example/Slow',
  requestStream: false,
  responseStream: false,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};
const server = new Server();
server.addService(
  { Slow: method },
  { Slow: (call, callback) => setTimeout(() => callback(null, Buffer.from('answer')), 500) },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), async (problem, port) => {
  if (problem) throw problem;
  const Client = makeGenericClientConstructor({ Slow: method }, 'Example');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  for (const days of [1, 24, 25, 49, 50]) {
    const deadline = Date.now() + days * 24 * 3600 * 1000;
    const ending = await new Promise((resolve) =>
      client.Slow(Buffer.alloc(0), { deadline }, (error) => resolve(error ? status[error.code] : 'OK')),
    );
    console.log(`${days} days: ${ending}`);
  }
  process.exit(0);
});
JS

expected='1 days: OK
24 days: OK
25 days: DEADLINE_EXCEEDED
49 days: DEADLINE_EXCEEDED
50 days: OK'
seen=$(node deadline.js)
printf '%s\n' "$seen"
if [[ "$seen" != "$expected" ]]; then
  printf 'this has changed; expected:\n%s\n' "$expected" >&2
  exit 1
fi
