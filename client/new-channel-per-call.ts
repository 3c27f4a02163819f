// The folk cure for a balancer that sees connections only: a new connection for every call. It is here so that
// its price can be measured.
import { connect } from './channel';
import { createGreeterClient, type GreeterClient, type GreeterConfig } from './greeter-client';

export function createPerCallGreeterClient(config: GreeterConfig): GreeterClient {
  return {
    async ready() {
      // There is no connection before a call.
    },
    async greet() {
      // Without a separate pool the new channel would be given the connection of the one before it.
      const client = createGreeterClient(config, connect(config, { 'grpc.use_local_subchannel_pool': 1 }));
      try {
        return await client.greet();
      } finally {
        await client.close();
      }
    },
    close() {
      // Every call has closed its own.
    },
  };
}
