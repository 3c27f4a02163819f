// Settings with which a client on grpc-js loses no call when an Envoy comes, drains, dies or hangs.

const grpc = require('@grpc/grpc-js');

// Takes turns among the Envoys, and sends again what no server has answered. Name only methods that may be executed twice.
const SERVICE_CONFIG = {
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{ service: 'greeter.v1.Greeter', method: 'SayHello' }],
      retryPolicy: {
        maxAttempts: 5,
        initialBackoff: '0.05s',
        maxBackoff: '1s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
};

const OPTIONS = {
  'grpc.service_config': JSON.stringify(SERVICE_CONFIG),
  // A connection that ends makes grpc-js look up the name, but by default only once in 30 s.
  'grpc.dns_min_time_between_resolutions_ms': 1000,
  // A dead Envoy's address is tried again after a second, not after up to two minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  // Finds an Envoy that hangs.
  'grpc.keepalive_time_ms': 2000,
  'grpc.keepalive_timeout_ms': 2000,
};

const BROKE = [grpc.status.UNAVAILABLE, grpc.status.INTERNAL];

/**
 * Sends a call again that broke after its answer had begun, which the retryPolicy above may not. For methods that may be
 * executed twice. grpc-js waits for a connection only where the metadata of a call says so.
 */
async function sendAgain(send, endMs) {
  for (let attempt = 1; ; attempt += 1) {
    const metadata = new grpc.Metadata({ waitForReady: true });
    const outcome = await send(metadata);
    if (!BROKE.includes(outcome.code) || attempt === 3 || Date.now() >= endMs) return outcome;
  }
}

module.exports = { OPTIONS, sendAgain };
