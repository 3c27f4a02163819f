// The least that a server on Node's own HTTP/2 can do: the reply's frames and nothing else. No content type is checked, no
// size, no deadline and no end of the caller: it is the mark that shows what is Node's own, not something to copy.
const http2 = require('node:http2');
const { service, greet, host, port, stopOnSignal } = require('./greeter');

const { requestDeserialize, responseSerialize } = service.SayHello;
const HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' };
const TRAILERS = { 'grpc-status': 0, 'grpc-message': 'OK' };
const PREFIX_BYTES = 5;

function sendTrailers() {
  this.sendTrailers(TRAILERS);
}

const server = http2.createServer();
server.on('stream', (stream) => {
  let request;
  stream.on('data', (data) => {
    request = data;
  });
  stream.on('end', () => {
    const message = responseSerialize(greet(requestDeserialize(request.subarray(PREFIX_BYTES))));
    const reply = Buffer.alloc(PREFIX_BYTES + message.length);
    reply.writeUInt32BE(message.length, 1);
    reply.set(message, PREFIX_BYTES);
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.once('wantTrailers', sendTrailers);
    stream.end(reply);
  });
});
server.listen(port, host);
stopOnSignal();
