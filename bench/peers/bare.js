// grpc-js as its documentation shows it: one handler, default options, no metrics, no log. The base of the comparison.
const { Server, ServerCredentials } = require('@grpc/grpc-js');
const { service, greet, host, port, stopOnSignal } = require('./greeter');

const server = new Server();
server.addService(service, { SayHello: (call, callback) => callback(null, greet(call.request)) });
server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
stopOnSignal();
