// What a run prints when it has written the folder: what the user should look at, and where to go on.
import type { Kind } from '../methods/kinds';
import { callsPerEnvoy } from '../service/envoy-load';
import { folderOf, quantity } from '../service/names';
import type { Service } from '../service/service';

/** @param files what was written */
export function summaryOf(
  service: Service,
  services: readonly Service[],
  out: string,
  files: readonly string[],
): string {
  const { name, namespace, port, scaling } = service;
  const others = services.filter(({ id }) => id !== service.id).map(({ id }) => id);
  const lines: readonly (readonly [string, string])[] = [
    [
      'service',
      `${name} in ${namespace}, pods on port ${port}${others.length > 0 ? `, beside ${others.join(', ')}` : ''}`,
    ],
    ['asked again', methodsOf(service, 'again') || 'no method'],
    ['asked once', methodsOf(service, 'once') || 'no unary method'],
    ['streams', methodsOf(service, 'stream') || 'none'],
    ['health', healthOf(service)],
    [
      'scaling',
      `${scaling.minReplicas} to ${scaling.maxReplicas} pods, ${scaling.callsPerPod} calls/s each, ${countedBy(service)}`,
    ],
    ['Envoys', `${quantity(callsPerEnvoy(services))} calls/s each (--calls-per-envoy)`],
    [
      'callers',
      service.callers.namespaces.join(', ') || 'every namespace may call Envoy (--client-namespace says who)',
    ],
  ];
  const width = Math.max(...lines.map(([word]) => word.length)) + 2;
  return [
    `Wrote ${files.length} files to ${out}/`,
    ...lines.map(([word, text]) => `  ${word.padEnd(width)}${text}`),
    `Nothing was changed in a cluster. ${out}/NEXT-STEPS.md says how to go on; ${folderOf(service, services)}/ is the service's own.`,
    '',
  ].join('\n');
}

/** Names of the methods of one kind, those of several gRPC services with the service's. */
export function methodsOf({ services }: Service, kind: Kind): string {
  const many = services.length > 1;
  return services
    .flatMap(({ name, methods }) =>
      methods
        .filter((method) => method.kind === kind)
        .map((method) => (many ? `${name.split('.').at(-1)}/${method.name}` : method.name)),
    )
    .join(', ');
}

function healthOf({ health, drainSeconds }: Service): string {
  if (health.kind === 'tcp')
    return 'none: Envoy only sees whether the port takes connections (NEXT-STEPS.md: what that loses)';
  const asked = health.service === '' ? 'grpc.health.v1, the whole server' : `grpc.health.v1 of ${health.service}`;
  return drainSeconds === undefined ? `${asked}; no drain of its own, so pods wait in preStop` : `${asked}; it drains`;
}

function countedBy({ scaling }: Service): string {
  return scaling.counter === undefined ? 'counted by Envoy' : `counted by the pods (${scaling.counter})`;
}
