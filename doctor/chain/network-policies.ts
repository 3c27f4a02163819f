// Whether NetworkPolicies let anything reach a port of a workload's pods. Who may reach it is not asked here.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from './chain';
import { portNumber, readLabels, type Workload } from './workload';

/** `open`: no policy is about these pods, or one lets somebody in. `closed`: policies are, and none has this port. */
export function ingressTo(chain: Chain, workload: Workload, port: number): 'open' | 'closed' {
  const policies = chain
    .ofKind('NetworkPolicy')
    .filter(({ namespace }) => namespace === workload.object.namespace)
    .map(({ at }) => at.get('spec'))
    .filter((spec) => isAbout(spec, workload));
  if (policies.length === 0) return 'open';
  const rules = policies.flatMap((spec) => spec.get('ingress').items());
  return rules.some((rule) => hasPort(rule, port, workload)) ? 'open' : 'closed';
}

function isAbout(spec: Placed, { podLabels }: Workload): boolean {
  const types = spec
    .get('policyTypes')
    .items()
    .map(({ value }) => value);
  if (types.length > 0 && !types.includes('Ingress')) return false;
  const selector = spec.get('podSelector');
  // Expressions are more than labels say; a policy that may not be about these pods closes nothing.
  if (selector.get('matchExpressions').items().length > 0) return false;
  return Object.entries(readLabels(selector.get('matchLabels'))).every(([key, value]) => podLabels[key] === value);
}

function hasPort(rule: Placed, port: number, { containers }: Workload): boolean {
  const ports = rule.get('ports').items();
  if (ports.length === 0) return true;
  return ports.some((each) => {
    const first = portNumber(each.get('port'), containers);
    if (each.get('port').value === undefined) return true;
    return first !== undefined && port >= first && port <= (each.get('endPort').number() ?? first);
  });
}
