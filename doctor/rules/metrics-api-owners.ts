// The APIs that autoscalers ask for metrics have one owner each in a cluster.
import type { Chain } from '../chain/chain';
import type { ManifestObject } from '../input/manifest-object';
import { found, type Observation, objectSubject, passed, type Rule } from './rule';

const GROUPS = ['custom.metrics.k8s.io', 'external.metrics.k8s.io'];

export const metricsApiOwners: Rule = {
  code: 'GLB036',
  level: 'error',
  title: 'Two programs want to answer one API of metrics',
  harm:
    'the API server sends all questions to one of them, whichever was applied last: autoscalers that need the other get ' +
    'no value and never add a pod',
  cure: 'one owner per API: the adapter for custom.metrics.k8s.io, and either it or KEDA for external.metrics.k8s.io',
  sources: [
    'https://github.com/kedacore/keda/issues/470',
    'https://github.com/kubernetes-sigs/prometheus-adapter/issues/561',
  ],
  check: (chain) =>
    metricsApis(chain).map((api): Observation => {
      const subject = objectSubject(api);
      const rival = metricsApis(chain).find(
        (other) => groupOf(other) === groupOf(api) && ownerOf(other) !== ownerOf(api),
      );
      if (rival === undefined) return passed(subject);
      const says = `${groupOf(api)} belongs to the Service ${ownerOf(api)} here, and to ${ownerOf(rival)} in ${rival.label}`;
      return found(subject, api.at.get('spec', 'service'), says);
    }),
};

function metricsApis(chain: Chain): readonly ManifestObject[] {
  return chain.ofKind('APIService').filter((api) => GROUPS.includes(groupOf(api)));
}

function groupOf({ at }: ManifestObject): string {
  return at.get('spec', 'group').text() ?? '';
}

function ownerOf({ at }: ManifestObject): string {
  const service = at.get('spec', 'service');
  return `${service.get('namespace').text() ?? ''}/${service.get('name').text() ?? ''}`;
}
