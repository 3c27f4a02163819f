// nice-grpc with one handler and default options. It takes the definition of proto-loader as it is.
const { createServer } = require('nice-grpc');
const { service, greet, host, port, stopOnSignal } = require('./greeter');

const server = createServer();
server.add(service, {
  SayHello: async (request) => greet(request),
  async *Chat(requests) {
    for await (const request of requests) yield greet(request);
  },
});
void server.listen(`${host}:${port}`);
stopOnSignal();
