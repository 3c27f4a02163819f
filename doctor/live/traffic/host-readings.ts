// Envoy's admin answer to /clusters, as text: it has no query, which allow_paths may refuse. One line per number:
// `greeter::10.0.0.7:50051::rq_total::57`.

export interface HostReading {
  readonly cluster: string;
  /** `10.0.0.7:50051`; of IPv6 `[fd00::7]:50051`. */
  readonly address: string;
  /** Calls that this Envoy began there since it knows the host; its health checks are not among them. */
  readonly calls: number;
  /** `healthy`, or what keeps calls from it: `/failed_active_hc/pending_active_hc`. */
  readonly flags: string;
  readonly weight: number;
  /** Above 0 it gets calls only when others fail. */
  readonly priority: number;
}

const LINE = /^(.+?)::((?:\d+\.){3}\d+:\d+|\[[0-9a-fA-F:.]+\]:\d+)::(rq_total|health_flags|weight|priority)::(.*)$/;
const LOOPBACK = /^(127\.|\[::1\])/;

/** Without hosts on loopback: those are the pod's own. */
export function readHosts(text: string): readonly HostReading[] {
  const hosts = new Map<string, Map<string, string>>();
  for (const line of text.split('\n')) {
    const [, cluster, address, key, value] = LINE.exec(line.trimEnd()) ?? [];
    if (cluster === undefined || address === undefined || LOOPBACK.test(address)) continue;
    const id = `${cluster}\n${address}`;
    const known = hosts.get(id) ?? new Map<string, string>();
    hosts.set(id, known.set(key ?? '', value ?? ''));
  }
  return [...hosts].map(([id, known]) => {
    const [cluster = '', address = ''] = id.split('\n');
    const number = (key: string, otherwise: number) => Number(known.get(key) ?? otherwise);
    return {
      cluster,
      address,
      calls: number('rq_total', 0),
      flags: known.get('health_flags') ?? 'healthy',
      weight: number('weight', 1),
      priority: number('priority', 0),
    };
  });
}

/** Whether active health checks have failed; before the first one a host counts as failed too. */
export function failsChecks({ flags }: HostReading): boolean {
  return flags.includes('/failed_active_hc');
}
