// grpc-server: greets, and says which pod did. Envoy calls it (envoy_proxy_k8s/configmap.yaml). Wiring only: each part
// has its own file, the order of a stop is here.
import { delay, runService } from '../runtime/lifecycle';
import { startMetricsServer } from '../runtime/metrics-server';
import { loadServerConfig } from './config';
import { startFaultEndpoint } from './faults/endpoint';
import { createGreeterService } from './greeter-service';
import { startGrpcServer } from './grpc-server';
import { createHealth } from './health';
import { createServerMetrics } from './metrics';
import { addReflection } from './reflection';
import { createStreamAges } from './stream-age';

void runService(process, {
  name: 'grpc-server',
  loadConfig: loadServerConfig,
  async start(config, log) {
    const { podName, grpcHost, grpcPort, metricsHost, metricsPort, faultHost, faultPort, drainDelayMs, graceMs } =
      config;
    const metrics = createServerMetrics();
    const health = createHealth();
    const { setServing, setAnsweringProbes } = health;
    const abort = () => process.abort();
    const faults =
      faultPort === undefined
        ? undefined
        : await startFaultEndpoint({ host: faultHost, port: faultPort, setServing, setAnsweringProbes, abort });
    const streamAges = createStreamAges({ maxAgeMs: config.maxStreamAgeMs, jitter: config.maxStreamAgeJitter });
    const greeter = createGreeterService({ podName, metrics, log, wrap: faults?.wrap, watchAge: streamAges?.watch });
    const services = [greeter.addTo, health.addTo];
    if (config.reflection) services.push(addReflection);

    // The gRPC port opens last: from then on calls come.
    const metricsServer = await startMetricsServer({
      registry: metrics.registry,
      host: metricsHost,
      port: metricsPort,
    });
    const shortMethods = config.shortRoad ? greeter.shortMethods : [];
    const grpcServer = await startGrpcServer({ host: grpcHost, port: grpcPort, services, shortMethods, log });
    log.info({ grpcPort: grpcServer.port, metricsPort: metricsServer.port, faultPort: faults?.port }, 'listening');
    return {
      async stop(hurry) {
        // First: a fault that is taken back would say SERVING again.
        await faults?.close();
        setServing(false);
        log.info({ drainDelayMs, graceMs }, 'draining');
        await delay(drainDelayMs, hurry);
        // By now Envoy gives what is opened again to other pods. Streams without an age may end within the grace.
        streamAges?.endAll();
        await grpcServer.close(graceMs, hurry);
        await metricsServer.close();
      },
    };
  },
});
