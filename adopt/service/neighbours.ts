// Services behind the same Envoys: what they must not share.
import { metricName } from './names';
import type { Service } from './service';

/** The services with this one among them; one of the same cluster, or of the same Deployment, is replaced by it. */
export function joinServices(before: readonly Service[], service: Service, problems: string[]): readonly Service[] {
  const isSame = (other: Service) => other.name === service.name && other.namespace === service.namespace;
  const others = before.filter((other) => !isSame(other));
  for (const other of others) {
    const where = `${other.namespace}/${other.name}`;
    if (other.id === service.id)
      problems.push(`--cluster: expected another name than ${service.id}, which is that of ${where}`);
    for (const { name } of service.services) {
      if (!other.services.some((known) => known.name === name)) continue;
      problems.push(
        `the proto: ${name} is routed to ${where} already; one Envoy cannot tell two servers of one service apart`,
      );
    }
    const { counter } = service.scaling;
    if (counter !== other.scaling.counter && metricName(service) === metricName(other)) {
      problems.push(
        `--counter: expected ${other.scaling.counter}, as for ${where}: one metric has one selection, got ${counter}`,
      );
    }
  }
  return [...before.map((other) => (isSame(other) ? service : other)), ...(before.some(isSame) ? [] : [service])];
}
