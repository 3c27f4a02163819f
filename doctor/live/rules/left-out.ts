// Endpoints that could have calls and get none.
import { jainIndex } from '../../../runtime/evenness';
import { clusterNamed } from '../../chain/envoy/envoy';
import { blind, envoySubject, found, type Observation, objectSubject, passed, type Subject } from '../../rules/rule';
import type { Live, LiveRule } from '../live';
import { callsNeeded, isLeftOut } from '../traffic/shares';
import type { Share, Spread } from '../traffic/spreads';

export const leftOut: LiveRule = {
  code: 'GLB080',
  level: 'error',
  title: 'A ready endpoint gets no calls while its siblings have them',
  harm:
    'the siblings carry its load: they are slow and fail first, and adding pods does not help, since new ones are left ' +
    'out as well',
  cure:
    'look at how callers and Envoys find it: a headless Service for the name that is dialled, connections that end ' +
    '(max_connection_duration), a policy that lets Envoy in',
  sources: [
    'https://github.com/vllm-project/semantic-router/issues/2417',
    'https://github.com/envoyproxy/envoy/issues/33024',
    'https://grpc.io/blog/grpc-load-balancing/',
  ],
  needs: ['Pod', 'ConfigMap', 'Service', 'EndpointSlice', 'Deployment', 'DaemonSet', 'StatefulSet'],
  check: (live) => [...unseen(live), ...live.spreads.flatMap((spread) => observe(spread, live))],
};

/** Envoys whose hosts could not be seen. */
function unseen({ traffic }: Live): readonly Observation[] {
  return traffic.envoys.flatMap(({ pod, owner, before, after }) => {
    const reading = [before, after].find(({ kind }) => kind !== 'hosts');
    if (reading === undefined || reading.kind === 'hosts') return [];
    return [blind({ ...objectSubject(owner), label: pod.label }, reading.needs)];
  });
}

function observe(spread: Spread, { traffic }: Live): readonly Observation[] {
  const subject = subjectOf(spread);
  const at = clusterNamed(spread.envoy, spread.cluster)?.at ?? spread.owner.at;
  const unknown = spread.unknown.map((name) => {
    const says = `${name} is ready for more than a minute, and no Envoy has its address`;
    return found(subject, at, says);
  });
  if (unknown.length > 0) return unknown;
  const judged = spread.shares.filter(({ excuse }) => excuse === undefined);
  // One alone has no siblings; a hash of the call sends it where the hash says.
  if (judged.length < 2 || goesByHash(spread)) return [];
  const counts = judged.map(({ calls }) => calls);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const needed = callsNeeded(judged.length);
  if (total < needed) {
    const seen = `${total} calls in ${traffic.seconds} s`;
    return [blind(subject, `${needed} calls or more to tell chance from a fault, and saw ${seen} (--watch SECONDS)`)];
  }
  const left = judged.filter(({ calls }) => isLeftOut(calls, counts));
  if (left.length === 0) return [passed(subject)];
  return left.map((share) => found(subject, at, sayShare(share, judged, traffic.seconds)));
}

function sayShare({ name, calls }: Share, judged: readonly Share[], seconds: number): string {
  const others = judged.filter((share) => share.name !== name).map((share) => `${share.name} ${share.calls}`);
  const evenness = jainIndex(judged.map((share) => share.calls)).toFixed(2);
  return `${name} had ${calls} calls in ${seconds} s, and ${others.join(', ')} (Jain ${evenness})`;
}

function goesByHash({ envoy, cluster }: Spread): boolean {
  const at = clusterNamed(envoy, cluster)?.at;
  const policy = [at?.get('lb_policy').value, at?.get('load_balancing_policy').value];
  return /ring_hash|maglev|override_host|subset/i.test(JSON.stringify(policy));
}

function subjectOf({ owner, envoy, cluster }: Spread): Subject {
  if (cluster === undefined) return { ...objectSubject(owner), label: `pods of ${owner.label}` };
  const at = clusterNamed(envoy, cluster)?.at;
  if (envoy === undefined) return objectSubject(owner);
  return envoySubject(envoy, `cluster ${cluster}`, at);
}
