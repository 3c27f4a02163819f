// Who says how many pods there are: the manifest or the autoscaler.
import { blind, found, objectSubject, passed, type Rule } from './rule';

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
    chain.ofKind('HorizontalPodAutoscaler').flatMap((autoscaler) => {
      const target = autoscaler.at.get('spec', 'scaleTargetRef');
      const workload = chain.workloads.find(
        ({ object }) =>
          object.kind === target.get('kind').value &&
          object.name === target.get('name').value &&
          object.namespace === autoscaler.namespace,
      );
      // A target that is not there is another rule's business, and says nothing about replicas.
      if (workload === undefined) return [];
      const subject = objectSubject(workload.object);
      const { live } = workload.object;
      if (live !== undefined && live.writesReplicas === undefined) {
        return [
          blind(subject, 'the manifest: a live object does not tell whether that or the autoscaler wrote replicas'),
        ];
      }
      const isWritten = live?.writesReplicas ?? workload.replicas !== undefined;
      if (!isWritten) return [passed(subject)];
      const replicas = workload.object.at.get('spec', 'replicas');
      return [found(subject, replicas, `replicas: ${workload.replicas}, and ${autoscaler.label} scales it`)];
    }),
};
