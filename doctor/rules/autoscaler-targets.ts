// What an autoscaler scales, and whether it can count it.
import { type Autoscaler, autoscalers, scaledWorkload } from '../chain/autoscaler';
import type { Chain } from '../chain/chain';
import { matchesSelector } from '../chain/label-selector';
import type { Workload } from '../chain/workload';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

/** Source: https://keda.sh/docs/latest/reference/scaledobject-spec */
const TAKES_OVER = 'scaledobject.keda.sh/transfer-hpa-ownership';

function areRivals(one: Autoscaler, other: Autoscaler): boolean {
  const takesOver = ({ object }: Autoscaler) => object.at.get('metadata', 'annotations', TAKES_OVER).text() === 'true';
  return one.object.label !== other.object.label && !takesOver(one) && !takesOver(other);
}

export const missingTarget: Rule = {
  code: 'GLB012',
  level: 'error',
  title: 'An autoscaler names a workload that is not there',
  harm: 'it scales nothing: load grows, and the pods that there are get all of it',
  cure: 'give scaleTargetRef the apiVersion, kind and name of the workload, in the same namespace',
  sources: ['https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/'],
  check: (chain) => autoscalers(chain).map((autoscaler) => targetObservation(chain, autoscaler)),
};

/** Two of them hardly share a name; a custom resource often has that of the Deployment that it makes. */
const OWN_KINDS = ['Deployment', 'StatefulSet', 'ReplicaSet'];
/** Groups that have had no scalable workloads since Kubernetes 1.16. */
const GONE = /^extensions\//;

function targetObservation(chain: Chain, autoscaler: Autoscaler): Observation {
  const { object, target, targetKind, targetName } = autoscaler;
  const subject = objectSubject(object);
  const apiVersion = target.get('apiVersion').text();
  if (apiVersion !== undefined && GONE.test(apiVersion)) {
    return found(
      subject,
      target.get('apiVersion'),
      `${targetKind} is asked for in ${apiVersion}, which is gone since 1.16`,
    );
  }
  if (scaledWorkload(chain, autoscaler) !== undefined) return passed(subject);
  const namesakes = chain.workloads.filter(
    (workload) =>
      OWN_KINDS.includes(targetKind) &&
      OWN_KINDS.includes(workload.object.kind) &&
      workload.object.name === targetName &&
      workload.object.namespace === object.namespace,
  );
  const [namesake] = namesakes;
  if (namesake !== undefined) {
    return found(
      subject,
      target.get('kind'),
      `it asks for a ${targetKind} ${targetName}, which is a ${namesake.object.kind}`,
    );
  }
  return blind(subject, `the ${targetKind} ${object.namespace}/${targetName}`);
}

export const sharedSelector: Rule = {
  code: 'GLB063',
  level: 'warning',
  title: 'An autoscaler counts the pods of another workload too',
  harm:
    'it takes the pods by the labels of its target, so the mean load is that of both: it adds pods too late, or keeps ' +
    'taking them away under load; two autoscalers over the same pods both stop',
  cure: 'a label in the selector of each workload that only its own pods have',
  sources: [
    'https://github.com/kubernetes/kubernetes/issues/116898',
    'https://github.com/kubernetes/kubernetes/issues/124307',
  ],
  check: (chain) =>
    autoscalers(chain).flatMap((autoscaler, index, all): readonly Observation[] => {
      const scaled = scaledWorkload(chain, autoscaler);
      if (scaled === undefined) return [];
      const subject = objectSubject(autoscaler.object);
      // Said once, of the later one. Two files with one object are two versions of it: the one applied last is there.
      const rival = all
        .slice(0, index)
        .find((other) => areRivals(autoscaler, other) && scaledWorkload(chain, other) === scaled);
      if (rival !== undefined)
        return [found(subject, autoscaler.target, `${rival.object.label} scales the same workload`)];
      const selector = scaled.object.at.get('spec', 'selector');
      const others = chain.workloads.filter(
        (other) =>
          // Two versions of one workload, again.
          other.object.label !== scaled.object.label &&
          // What a Deployment owns has its labels.
          other.object.at.get('metadata', 'ownerReferences').items().length === 0 &&
          other.object.namespace === scaled.object.namespace &&
          selector.value !== undefined &&
          matchesSelector(selector, other.podLabels),
      );
      const [other] = others;
      if (other === undefined) return [passed(subject)];
      const says = `the selector of ${scaled.object.label} takes the pods of ${other.object.label} too`;
      return [found(subject, selector, says)];
    }),
};

export const missingRequests: Rule = {
  code: 'GLB065',
  level: 'error',
  title: 'An autoscaler goes by a share of requests that a container does not make',
  harm: 'the share cannot be computed, so it never adds a pod: under load the pods that there are get all calls',
  cure: 'resources.requests for that resource in every container, or a metric of type ContainerResource',
  sources: [
    'https://github.com/kubernetes/kubernetes/issues/79365',
    'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details',
  ],
  check: (chain) =>
    autoscalers(chain).flatMap((autoscaler) =>
      shareResources(autoscaler).flatMap((resource) => requestObservation(chain, autoscaler, resource)),
    ),
};

function shareResources({ object, metrics }: Autoscaler): readonly string[] {
  const old = object.at.get('spec', 'targetCPUUtilizationPercentage').value === undefined ? [] : ['cpu'];
  const shares = metrics
    .map((metric) => metric.get('resource'))
    .filter((each) => each.get('target', 'averageUtilization').value ?? each.get('targetAverageUtilization').value)
    .map((each) => each.get('name').text() ?? '');
  return [...old, ...shares];
}

function requestObservation(chain: Chain, autoscaler: Autoscaler, resource: string): readonly Observation[] {
  const scaled = scaledWorkload(chain, autoscaler);
  const subject = objectSubject(autoscaler.object);
  if (scaled === undefined) return [blind(subject, `the ${autoscaler.targetKind} that it scales`)];
  const lacking = scaled.containers.find(({ at }) => {
    const { requests, limits } = { requests: at.get('resources', 'requests'), limits: at.get('resources', 'limits') };
    // A limit alone is the request too.
    return (requests.get(resource).value ?? limits.get(resource).value) === undefined;
  });
  if (lacking === undefined) return [passed(subject)];
  if (hasDefaults(chain, scaled)) return [blind(subject, `what the LimitRange of ${scaled.object.namespace} adds`)];
  const says = `container ${lacking.name} of ${scaled.object.label} has no request for ${resource}`;
  return [found(subject, lacking.at, says)];
}

function hasDefaults(chain: Chain, { object }: Workload): boolean {
  return chain.ofKind('LimitRange').some(({ namespace }) => namespace === object.namespace);
}
