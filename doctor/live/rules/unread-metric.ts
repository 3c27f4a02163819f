// Autoscalers that get no value, which kubectl shows as <unknown>.
import { blind, found, type Observation, objectSubject, passed } from '../../rules/rule';
import type { LiveRule } from '../live';

export const unreadMetric: LiveRule = {
  code: 'GLB083',
  level: 'error',
  title: 'An autoscaler cannot read its metric',
  harm: 'the load adds no pod: calls queue and fail on the pods that there are, until they are scaled by hand',
  cure: 'follow the metric back: the autoscaler asks an API, its adapter asks Prometheus, Prometheus scrapes the pods',
  sources: [
    'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
    'https://github.com/kubernetes-sigs/prometheus-adapter/issues/495',
  ],
  needs: ['HorizontalPodAutoscaler'],
  check: ({ cluster }) =>
    cluster.objects
      .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
      .map((autoscaler): Observation => {
        const subject = objectSubject(autoscaler);
        const status = autoscaler.at.get('status');
        const active = status
          .get('conditions')
          .items()
          .find((condition) => condition.get('type').value === 'ScalingActive');
        if (active === undefined) return blind(subject, 'a first reading of it: the autoscaler is new');
        // Scaled to 0 by hand it is off, which is no fault of a metric.
        const isOff = active.get('reason').value === 'ScalingDisabled';
        if (active.get('status').value === 'True' || isOff) return passed(subject);
        const reason = [active.get('reason'), active.get('message')].map((each) => each.text() ?? '').join(': ');
        return found(subject, active, reason.replace(/[.\s]+$/, ''));
      }),
};
