// What every peer shares: the contract, the settings, and how it starts and ends. PROTO is the path of greeter.proto.
const { loadPackageDefinition } = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');

const { PROTO, POD_NAME: podName, GRPC_HOST: host, GRPC_PORT: port } = process.env;
for (const [name, value] of Object.entries({ PROTO, POD_NAME: podName, GRPC_HOST: host, GRPC_PORT: port })) {
  if (!value) throw new Error(`${name}: expected a value, got nothing`);
}

/** The options of proto/load.ts. */
const definition = loadSync(PROTO, { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true });
const service = loadPackageDefinition(definition).greeter.v1.Greeter.service;
const greet = ({ name }) => ({ message: `Hello, ${name}! This message is from ${podName}`, pod: podName });

/** Ends at once: a peer is stopped when its block has been measured. */
function stopOnSignal() {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
}

module.exports = { definition, service, greet, podName, host, port: Number(port), stopOnSignal };
