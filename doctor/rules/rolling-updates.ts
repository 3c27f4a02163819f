// How a new version replaces the pods that calls go through.
import { fewestPods, podShare } from '../chain/autoscaler';
import type { Chain } from '../chain/chain';
import { callCarriers } from '../chain/grpc';
import type { Workload } from '../chain/workload';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

export const emptyingRoll: Rule = {
  code: 'GLB062',
  level: 'warning',
  title: 'A roll takes all pods before new ones are ready',
  harm: 'at each new version no pod answers until the first new one is ready: every call fails meanwhile',
  cure: 'strategy RollingUpdate with maxUnavailable: 0 and maxSurge: 1',
  sources: [
    'https://github.com/kubernetes/kubernetes/issues/23304',
    'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy',
  ],
  check: (chain) =>
    callCarriers(chain)
      .filter(({ object }) => object.kind === 'Deployment')
      .map((workload) => rollObservation(chain, workload)),
};

function rollObservation(chain: Chain, workload: Workload): Observation {
  const subject = objectSubject(workload.object);
  const strategy = workload.object.at.get('spec', 'strategy');
  const type = strategy.get('type');
  if (type.value === 'Recreate') return found(subject, type, 'strategy is Recreate');
  const rolling = strategy.get('rollingUpdate');
  const [unavailable, surge] = [rolling.get('maxUnavailable'), rolling.get('maxSurge')];
  // A quarter, rounded down: never all.
  if (unavailable.value === undefined && surge.value === undefined) return passed(subject);
  const pods = fewestPods(chain, workload);
  const total = pods?.count ?? 1;
  const mayGo = unavailable.value === undefined ? Math.floor(total / 4) : podShare(unavailable, total, Math.floor);
  const mayCome = surge.value === undefined ? Math.ceil(total / 4) : podShare(surge, total, Math.ceil);
  if (mayGo === undefined || mayCome === undefined) return blind(subject, 'numbers or shares in its rollingUpdate');
  // Where both come to nothing one pod goes first (ResolveFenceposts of the deployment controller).
  const going = mayGo === 0 && mayCome === 0 ? 1 : mayGo;
  if (going < total || total === 0) return passed(subject);
  if (pods === undefined && going <= 1) return blind(subject, 'the number of its pods');
  const what =
    unavailable.value === undefined ? `maxSurge is ${surge.value}` : `maxUnavailable is ${unavailable.value}`;
  const at = unavailable.value === undefined ? surge : unavailable;
  return found(subject, at, pods === undefined ? what : `${what}, and ${pods.because}`);
}
