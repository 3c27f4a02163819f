// A server as others write them: a service of its own, no grpc.health.v1, no metrics, a port from its environment or its
// arguments, and plain text on standard output. Run as a program by the tests of --server; it shares no code with the project.
const grpc = require('@grpc/grpc-js');

const text = { serialize: (value) => Buffer.from(value), deserialize: (bytes) => bytes.toString() };
const method = (path) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: text.serialize,
  requestDeserialize: text.deserialize,
  responseSerialize: text.serialize,
  responseDeserialize: text.deserialize,
});

const [host = process.env.HOST, port = process.env.PORT] = process.argv.slice(2);
const server = new grpc.Server();
server.addService(
  { create: method('/shop.v2.Orders/Create') },
  { create: (call, callback) => callback(null, `order ${call.request}`) },
);
server.bindAsync(`${host}:${port}`, grpc.ServerCredentials.createInsecure(), (error) => {
  if (error) {
    console.error(`orders: ${error.message}`);
    process.exit(3);
  }
  console.log(`orders of ${process.env.POD_NAME} on ${host}:${port}`);
});
process.on('SIGTERM', () => server.tryShutdown(() => process.exit(0)));
