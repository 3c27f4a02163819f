// Who calls a Service: workloads whose arguments or variables name it.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from './chain';
import type { Service } from './service';
import type { Container, Workload } from './workload';

export interface Caller {
  readonly workload: Workload;
  readonly service: Service;
  /** Undefined where it stands elsewhere. */
  readonly port: number | undefined;
  readonly at: Placed;
}

interface Setting {
  /** Of the variable; empty for an argument. */
  readonly name: string;
  readonly at: Placed;
}

/** A name with a dot or a port, alone or in a URL such as dns:///cart.shop:50051. */
const ADDRESS = /(?:^|[\s/=,@"'])([a-z][-a-z0-9]*(?:\.[-a-z0-9]+)*)\.?(?::(\d{1,5}))?(?=$|[\s/,"'?])/g;
const NAMES_A_HOST = /HOST|ADDR|DOMAIN|TARGET|ENDPOINT|URL|URI|UPSTREAM|SERVER|SERVICE|BACKEND/i;

export function callers(chain: Chain): readonly Caller[] {
  return chain.workloads.flatMap((workload) =>
    workload.containers
      .flatMap((container) => settingsOf(chain, workload, container))
      .flatMap((setting) => calledBy(chain, workload, setting)),
  );
}

function calledBy(chain: Chain, workload: Workload, { name, at }: Setting): readonly Caller[] {
  const text = String(at.value ?? '');
  return [...text.matchAll(ADDRESS)].flatMap(([, host = '', port]) => {
    // A single word is a host only where something says so.
    const isHost = host.includes('.') || port !== undefined || NAMES_A_HOST.test(name);
    const service = isHost ? chain.serviceAt(host, workload.object.namespace) : undefined;
    if (service === undefined || chain.podsOf(service).includes(workload)) return [];
    return [{ workload, service, port: port === undefined ? undefined : Number(port), at }];
  });
}

function settingsOf(chain: Chain, workload: Workload, { at }: Container): readonly Setting[] {
  const words = [...at.get('command').items(), ...at.get('args').items()].map((word) => ({ name: '', at: word }));
  const maps = (reference: Placed) =>
    chain
      .ofKind('ConfigMap')
      .filter(({ name, namespace }) => name === reference.value && namespace === workload.object.namespace);
  const whole = at
    .get('envFrom')
    .items()
    .flatMap((source) => maps(source.get('configMapRef', 'name')))
    .flatMap((map) => map.at.get('data').entries())
    .map(([name, value]) => ({ name, at: value }));
  const single = at
    .get('env')
    .items()
    .flatMap((variable) => {
      const name = variable.get('name').text() ?? '';
      const reference = variable.get('valueFrom', 'configMapKeyRef');
      const referred = maps(reference.get('name')).map((map) => map.at.get('data', reference.get('key').text() ?? ''));
      return [variable.get('value'), ...referred].map((value) => ({ name, at: value }));
    });
  return [...words, ...whole, ...single];
}
