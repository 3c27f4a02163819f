// Two looks at the metrics of one real Envoy with the shipped configuration: before its first call, and after one.
import { credentials } from '@grpc/grpc-js';
import type { EnvoySource } from '../../../local/envoy/envoy-binary';
import { Greeter } from '../../../proto/load';
import { startOneEnvoy, statistics } from './one-envoy';

export interface EnvoyScrapes {
  readonly atStart: string;
  readonly afterCalls: string;
}

/** Starts an Envoy on the addresses `network`.1 to .11, and stops it again. */
export async function scrapeEnvoy(source: EnvoySource, network: string): Promise<EnvoyScrapes> {
  const envoy = await startOneEnvoy(source, network);
  const client = new Greeter(envoy.target, credentials.createInsecure());
  try {
    await envoy.addPod({
      SayHello: (_, callback) => callback(null, { message: 'Hello!', pod: 'grpc-server-1' }),
      Chat: (stream) => stream.end(),
    });
    const atStart = await statistics(envoy.host);
    await new Promise<void>((resolve, reject) => {
      const deadline = Date.now() + 10_000;
      client.sayHello({ name: 'metrics' }, { deadline }, (error) => (error ? reject(error) : resolve()));
    });
    return { atStart, afterCalls: await statistics(envoy.host) };
  } finally {
    client.close();
    await envoy.close();
  }
}
