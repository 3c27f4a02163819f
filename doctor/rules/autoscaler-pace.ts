// Whether an autoscaler can ever want more pods, and how fast it takes them away again.

import type { Placed } from '../../manifest-reader/positions/placed';
import { type Autoscaler, autoscalers, scaledWorkload } from '../chain/autoscaler';
import type { Chain } from '../chain/chain';
import { callCarriers } from '../chain/grpc';
import { quantity } from '../chain/quantity';
import { found, type Observation, objectSubject, passed, type Rule } from './rule';

export const unreachableTarget: Rule = {
  code: 'GLB073',
  level: 'error',
  title: 'An autoscaler waits for a load that the limits do not allow',
  harm: 'pods are throttled at their limit before the target is reached, so it never adds one: calls become slow and time out',
  cure: 'a target below the limits of all containers together (a share is one of requests, not of limits)',
  sources: [
    'https://github.com/kubernetes/kubernetes/issues/18291',
    'https://github.com/pegasystems/pega-helm-charts/issues/179',
  ],
  check: (chain) =>
    autoscalers(chain).flatMap((autoscaler) =>
      autoscaler.metrics.flatMap((metric) => targetObservation(chain, autoscaler, metric.get('resource'))),
    ),
};

/** CPU alone: a container above its limit of memory is killed, not throttled. */
function targetObservation(chain: Chain, autoscaler: Autoscaler, resource: Placed): readonly Observation[] {
  const scaled = scaledWorkload(chain, autoscaler);
  if (scaled === undefined || resource.get('name').value !== 'cpu') return [];
  const resources = scaled.containers.map(({ at }) => at.get('resources'));
  const limits = sum(resources.map((each) => quantity(each.get('limits', 'cpu').value)));
  const requests = sum(
    resources.map((each) => quantity(each.get('requests', 'cpu').value ?? each.get('limits', 'cpu').value)),
  );
  const share = resource.get('target', 'averageUtilization');
  const amount = resource.get('target', 'averageValue');
  const wanted =
    amount.value === undefined
      ? (requests ?? Number.NaN) * ((share.number() ?? Number.NaN) / 100)
      : quantity(amount.value);
  // Without limits there is always more to have.
  if (limits === undefined || wanted === undefined || Number.isNaN(wanted)) return [];
  const subject = objectSubject(autoscaler.object);
  if (wanted < limits) return [passed(subject)];
  const at = amount.value === undefined ? share : amount;
  return [
    found(subject, at, `it waits for ${wanted} CPU per pod, and the limits of ${scaled.object.label} are ${limits}`),
  ];
}

/** Undefined when one is. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((total, value) => (total === undefined || value === undefined ? undefined : total + value), 0);
}

export const hastyScaleDown: Rule = {
  code: 'GLB074',
  level: 'warning',
  title: 'An autoscaler takes pods away at the first dip',
  harm:
    'each dip of the load ends pods, and the next rise starts them anew: calls move between pods all the time, and the ' +
    'pods that stay are overloaded until the others are back',
  cure: 'behavior.scaleDown.stabilizationWindowSeconds of some minutes (300 is the default)',
  sources: ['https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#stabilization-window'],
  check: (chain) => {
    const carriers = callCarriers(chain);
    return autoscalers(chain).flatMap((autoscaler): readonly Observation[] => {
      const scaled = scaledWorkload(chain, autoscaler);
      if (scaled === undefined || !carriers.includes(scaled)) return [];
      const isKeda = autoscaler.object.kind === 'ScaledObject';
      const own = isKeda ? ['advanced', 'horizontalPodAutoscalerConfig', 'behavior'] : ['behavior'];
      const down = autoscaler.object.at.get('spec', ...own, 'scaleDown');
      const window = down.get('stabilizationWindowSeconds');
      const subject = objectSubject(autoscaler.object);
      if (window.number() !== 0 || down.get('selectPolicy').value === 'Disabled') return [passed(subject)];
      return [found(subject, window, 'stabilizationWindowSeconds of scaleDown is 0')];
    });
  },
};
