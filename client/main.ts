// grpc-client: calls the greeter through Envoy for ever and says who answered. Wiring only.
import { runService } from '../runtime/lifecycle';
import { loadClientConfig } from './config';
import { startLoopingClient } from './looping-client';

void runService(process, {
  name: 'grpc-client',
  // As in HelloRequest; `pod` is the server pod that answered.
  podKey: 'client',
  loadConfig: loadClientConfig,
  logTo: ({ ledger }) => (ledger === '-' ? 2 : 1),
  start: (config, log) => startLoopingClient(config, log, process.stdout),
});
