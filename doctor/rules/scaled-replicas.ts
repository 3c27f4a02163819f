// Who says how many pods there are: the manifest or the autoscaler.
import { autoscalers, scaledVersions } from '../chain/autoscaler';
import type { Workload } from '../chain/workload';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

export const replicasBesideAutoscaler: Rule = {
  code: 'GLB011',
  level: 'warning',
  title: 'replicas are set beside an autoscaler',
  harm:
    'each time the manifest is applied it resets the number of pods that the load asked for; under load that takes pods ' +
    'away, and the calls they were serving',
  cure: 'leave spec.replicas out, after a step that keeps the present number (taking it out of an applied object sets 1)',
  sources: ['https://github.com/kubernetes/kubernetes/issues/25238'],
  check: (chain) =>
    autoscalers(chain).flatMap((autoscaler) =>
      // A target that is not there is another rule's business, and says nothing about replicas.
      scaledVersions(chain, autoscaler).map((workload) => look(workload, autoscaler.object.label)),
    ),
};

function look({ object, replicas }: Workload, autoscaler: string): Observation {
  const subject = objectSubject(object);
  const { live } = object;
  if (live !== undefined && live.writesReplicas === undefined) {
    return blind(subject, 'the manifest: a live object does not tell whether that or the autoscaler wrote replicas');
  }
  const isWritten = live?.writesReplicas ?? replicas !== undefined;
  if (!isWritten) return passed(subject);
  return found(subject, object.at.get('spec', 'replicas'), `replicas: ${replicas}, and ${autoscaler} scales it`);
}
