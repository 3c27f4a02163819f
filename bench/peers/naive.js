// grpc-js with what most services add, as their libraries' pages show it: a labelled histogram with startTimer, a labelled
// counter, a pino line per call, and all of it in an interceptor.
const {
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  ServerListenerBuilder,
  ResponderBuilder,
} = require('@grpc/grpc-js');
const pino = require('pino');
const { Counter, Histogram, collectDefaultMetrics } = require('prom-client');
const { service, greet, host, port, stopOnSignal } = require('./greeter');

const log = pino();
collectDefaultMetrics();
const labelNames = ['method', 'code'];
const requests = new Counter({ name: 'grpc_requests_total', help: 'Calls.', labelNames });
const latency = new Histogram({ name: 'grpc_request_latency_seconds', help: 'Seconds per call.', labelNames });

function observe(method, call) {
  const stopTimer = latency.startTimer({ method: method.path });
  const responder = new ResponderBuilder()
    .withSendStatus((status, next) => {
      const code = String(status.code);
      stopTimer({ code });
      requests.inc({ method: method.path, code });
      log.info({ method: method.path, code, peer: call.getPeer() }, 'call');
      next(status);
    })
    .withStart((next) => next(new ServerListenerBuilder().build()))
    .build();
  return new ServerInterceptingCall(call, responder);
}

const server = new Server({ interceptors: [observe] });
server.addService(service, { SayHello: (call, callback) => callback(null, greet(call.request)) });
server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
stopOnSignal();
