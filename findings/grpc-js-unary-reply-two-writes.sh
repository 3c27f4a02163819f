#!/usr/bin/env bash
# @grpc/grpc-js 1.14.7 on Node.js 20.20.2: the reply of a unary call leaves in two writes, the trailers (11 bytes) alone in
# the second one, a turn of the event loop after headers and message, although the handler gave reply and status at once.
# The cause is Node's http2: it asks for trailers once the last DATA frame is packed and sends them in a later turn. Other
# stacks put the three frames into one write. So a call takes two segments, and two wake-ups at whatever reads them.
#
# Output seen:
#   node:http2 20.20.2: 40 calls, 80 writes of the server, 40 of them trailers alone
#   grpc-js 1.14.7: 40 calls, 80 writes of the server, 40 of them trailers alone
#
# Fails (exit 1) if more than half of the trailers come with their message. Needs Node.js and npm.
set -Eeuo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7

cat >run.js <<'JS'
const http2 = require('node:http2');
const net = require('node:net');
const grpc = require('@grpc/grpc-js');

const CALLS = 40;
const asIs = (bytes) => bytes;
const Echo = {
  path: '/example.Example/Echo', requestStream: false, responseStream: false,
  requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs,
};

async function grpcJs() {
  const server = new grpc.Server();
  server.addService({ Echo }, { Echo: (call, reply) => reply(null, call.request) });
  return new Promise((resolve) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => resolve(port));
  });
}

async function plainHttp2() {
  const server = http2.createServer();
  server.on('stream', (stream) => {
    stream.resume();
    stream.on('end', () => {
      stream.respond({ 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 }));
      stream.end(Buffer.from([0, 0, 0, 0, 1, 65]));
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

/** Types of the frames in one piece that came; pieces of this size hold whole frames. */
function framesIn(piece) {
  const types = [];
  for (let at = 0; at + 9 <= piece.length; at += 9 + piece.readUIntBE(at, 3)) types.push(piece[at + 3]);
  return types;
}

async function count(name, port) {
  let writes = 0;
  let alone = 0;
  // Looks at what the server writes, and passes it on.
  const relay = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    near.pipe(far);
    far.on('data', (piece) => {
      const types = framesIn(piece).filter((type) => type < 2);
      if (types.length > 0) writes += 1;
      if (types.length === 1 && types[0] === 1) alone += 1;
      near.write(piece);
    });
    for (const socket of [near, far]) socket.on('error', () => undefined);
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const client = new grpc.Client(`127.0.0.1:${relay.address().port}`, grpc.credentials.createInsecure());
  const call = () =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(Echo.path, asIs, asIs, Buffer.from('A'), (error) => (error ? reject(error) : resolve()));
    });
  for (let number = 0; number < CALLS; number += 1) await call();
  console.log(`${name}: ${CALLS} calls, ${writes} writes of the server, ${alone} of them trailers alone`);
  return alone;
}

async function main() {
  const seen = [
    await count(`node:http2 ${process.versions.node}`, await plainHttp2()),
    await count('grpc-js 1.14.7', await grpcJs()),
  ];
  process.exit(seen.every((alone) => alone > CALLS / 2) ? 0 : 1);
}
main();
JS
node run.js
