// The hops of a call and of its metrics, as far as both ends are in the input.
import { adapterPods, flagOf } from './adapter';
import { callers } from './caller';
import { carriedTexts } from './carried-text';
import type { Chain } from './chain';
import { scrapeJobs } from './scrape';
import type { Service } from './service';
import { portNumber, type Workload } from './workload';

export interface Hop {
  readonly from: Workload;
  readonly to: Workload;
  /** Of the pods of `to`. */
  readonly port: number;
  /** What goes over it. */
  readonly what: 'calls' | 'scrapes' | 'queries';
}

export function hops(chain: Chain): readonly Hop[] {
  const all = [...envoyHops(chain), ...callerHops(chain), ...scrapeHops(chain), ...adapterHops(chain)];
  const keyOf = ({ from, to, port, what }: Hop) => [from.object.label, to.object.label, port, what].join(' ');
  return [...new Map(all.map((hop) => [keyOf(hop), hop])).values()];
}

function envoyHops(chain: Chain): readonly Hop[] {
  return chain.envoys.flatMap(({ namespace, clusters, pods }) =>
    clusters
      .flatMap(({ endpoints }) => endpoints)
      .flatMap(({ host, port }) => {
        const service = chain.serviceAt(host, namespace);
        if (service === undefined || port === undefined) return [];
        return pods.flatMap(({ workload }) => hopsTo(chain, workload, service, port));
      }),
  );
}

function callerHops(chain: Chain): readonly Hop[] {
  return callers(chain).flatMap(({ workload, service, port }) => {
    const [only, second] = service.ports;
    const number = port ?? (second === undefined ? only?.number : undefined);
    return number === undefined ? [] : hopsTo(chain, workload, service, number);
  });
}

function hopsTo(chain: Chain, from: Workload, service: Service, dialled: number): readonly Hop[] {
  return chain
    .podsOf(service)
    .filter((to) => to !== from)
    .flatMap((to): readonly Hop[] => {
      const mapped = service.ports.find(({ number }) => number === dialled);
      // A headless name maps no ports.
      const port = service.isHeadless ? dialled : mapped && portNumber(mapped.target, to.containers);
      return port === undefined ? [] : [{ from, to, port, what: 'calls' }];
    });
}

/** Pods that mount a configuration with scrape_configs read the pods whose annotations ask for it. */
function scrapeHops(chain: Chain): readonly Hop[] {
  const configs = new Set(carriedTexts(chain, /^\s*["']?scrape_configs["']?:/m).map(({ object }) => object));
  return [...configs].flatMap((config) => {
    const jobs = scrapeJobs(chain).filter(({ object, isDiscovered }) => object === config && isDiscovered);
    const readers = chain.workloads.filter(
      ({ object, podSpec }) =>
        object.namespace === config.namespace &&
        podSpec
          .get('volumes')
          .items()
          .some((volume) => volume.get('configMap', 'name').value === config.name),
    );
    const read = chain.workloads.filter(({ object: { namespace } }) =>
      jobs.some(({ namespaces }) => namespaces === undefined || namespaces.includes(namespace)),
    );
    return readers.flatMap((from) =>
      read.flatMap((to): readonly Hop[] => {
        const port = scrapedPort(to);
        return port === undefined || to === from ? [] : [{ from, to, port, what: 'scrapes' }];
      }),
    );
  });
}

function scrapedPort({ podMetadata }: Workload): number | undefined {
  const annotations = podMetadata.get('annotations');
  if (String(annotations.get('prometheus.io/scrape').value) !== 'true') return undefined;
  return annotations.get('prometheus.io/port').number();
}

function adapterHops(chain: Chain): readonly Hop[] {
  return adapterPods(chain).flatMap(({ workload, container }) => {
    const url = flagOf(container, 'prometheus-url')?.value ?? '';
    const [, scheme, host, port] = /^(https?):\/\/([^:/]+)(?::(\d+))?/.exec(url) ?? [];
    const service = host === undefined ? undefined : chain.serviceAt(host, workload.object.namespace);
    if (service === undefined) return [];
    const number = port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port);
    return hopsTo(chain, workload, service, number).map((hop) => ({ ...hop, what: 'queries' as const }));
  });
}
