// How the client connects: target, channel options and service config. Envoy's side of each number is in
// envoy_proxy_k8s/configmap.yaml. Knows nothing of calls.
import { type ChannelOptions, connectivityState, credentials } from '@grpc/grpc-js';
import type { GreeterClient as GreeterStub } from '../proto/generated/greeter/v1/Greeter';
import { GREETER_SERVICE, Greeter } from '../proto/load';
import type { ClientConfig } from './config';
import { spareDrainingConnections } from './draining-ping';

export type ChannelConfig = Pick<
  ClientConfig,
  'domain' | 'port' | 'dnsServer' | 'lbPolicy' | 'retries' | 'libraryDefaults'
>;

/** How often a channel without a connection is told to look up its name again. */
const WAKE_INTERVAL_MS = 500;

export interface Connection {
  readonly stub: GreeterStub;
  /** Resolves when there is a connection, or when there is none after `withinMs`. */
  ready(withinMs: number): Promise<void>;
  /** Ends the connections once the calls on them have ended. */
  close(): void;
}

/** Opens a channel; `more` are further channel options. Connecting goes on in the background. */
export function connect(config: ChannelConfig, more: ChannelOptions = {}): Connection {
  if (!config.libraryDefaults) spareDrainingConnections();
  const stub = new Greeter(channelTarget(config), credentials.createInsecure(), { ...channelOptions(config), ...more });
  const channel = stub.getChannel();
  // A look-up that fails is repeated by grpc-js only when the next call starts. Calls that wait for a connection
  // would then wait for a name that has long come back.
  const wake = () => {
    if (channel.getConnectivityState(false) !== connectivityState.READY) channel.getConnectivityState(true);
  };
  const waker = config.libraryDefaults ? undefined : setInterval(wake, WAKE_INTERVAL_MS).unref();
  return {
    stub,
    ready: (withinMs) => new Promise((resolve) => stub.waitForReady(Date.now() + withinMs, () => resolve())),
    close() {
      clearInterval(waker);
      stub.close();
    },
  };
}

/** `dns:///NAME:PORT`, or with another resolver `dns://ADDRESS:PORT/NAME:PORT`. */
export function channelTarget({ domain, port, dnsServer = '' }: ChannelConfig): string {
  return `dns://${dnsServer}/${domain}:${port}`;
}

export function channelOptions({ lbPolicy, retries, libraryDefaults }: ChannelConfig): ChannelOptions {
  // Also without a retry policy: what is left are the retries that gRPC makes by itself, of calls that no server has seen.
  if (libraryDefaults) return { 'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ [lbPolicy]: {} }] }) };
  return {
    // The service config is what stands here, whatever a TXT record says, and no proxy of the environment gets the calls.
    'grpc.service_config': JSON.stringify(serviceConfig(lbPolicy, retries)),
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_http_proxy': 0,
    // The defaults wait up to 120 s before they connect again, and 30 s before they look up the name again. When an
    // Envoy says GOAWAY the name is looked up: that is how the client finds Envoys that are new.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    'grpc.dns_min_time_between_resolutions_ms': 1000,
    // Together less than the default deadline: a peer that went silent is given up while its calls can still be retried.
    // Only with draining-ping.ts: without it these pings cut connections that are draining. And only towards Envoy, or a
    // server on grpc-js: one in Go, Python or Java takes a third ping within five minutes for an attack.
    'grpc.keepalive_time_ms': 2000,
    'grpc.keepalive_timeout_ms': 2000,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.max_receive_message_length': 65_536,
    'grpc.enable_channelz': 0,
    // Without a policy only what gRPC calls transparent is left: a call that no server has seen goes out on another
    // connection. Node takes such calls back whenever GOAWAY comes between the call and the write of its headers, so
    // without this a client would lose calls each time that an Envoy ends a connection in order.
    'grpc.enable_retries': 1,
  };
}

function serviceConfig(lbPolicy: ChannelConfig['lbPolicy'], retries: boolean): object {
  const sayHello = {
    name: [{ service: GREETER_SERVICE, method: 'SayHello' }],
    // The only method that may be executed twice: greeter.proto, idempotency_level. Covers what grpc-js calls
    // UNAVAILABLE before any header came; retry.ts covers the rest.
    retryPolicy: {
      maxAttempts: 5,
      initialBackoff: '0.05s',
      maxBackoff: '1s',
      backoffMultiplier: 2,
      retryableStatusCodes: ['UNAVAILABLE'],
    },
  };
  return {
    loadBalancingConfig: [{ [lbPolicy]: {} }],
    methodConfig: retries ? [sayHello] : [],
    // A failure takes a token, a success gives a tenth back; below half no more retries.
    retryThrottling: { maxTokens: 100, tokenRatio: 0.1 },
  };
}
