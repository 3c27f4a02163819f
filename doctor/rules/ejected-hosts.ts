// When Envoy takes pods out because of how their calls went, and when it sends calls to ill ones all the same.
import { wrappedNumber } from '../chain/envoy/proto-value';
import { versionOf } from '../chain/envoy/workers';
import { clusterSubject, dnsGrpcClusters, type GrpcCluster } from './grpc-clusters';
import { blind, found, type Observation, passed, type Rule } from './rule';

const OUTLIER_PROTO = 'https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto';
const OUTLIER = 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier';

const ejecting = (each: GrpcCluster) => each.cluster.at.get('outlier_detection').value !== undefined;

export const silentPanic: Rule = {
  code: 'GLB045',
  level: 'info',
  title: 'half of the pods being ill sends calls to the ill ones too',
  harm:
    'below 50 % healthy hosts, the default, Envoy spreads calls over all hosts (panic): with two pods, one of which ' +
    'hangs, every second call fails although the other one is well',
  cure:
    'common_lb_config: { healthy_panic_threshold: { value: N } }: below 100 / pods it means "only when all are ill"; ' +
    'write 50 down where that is what you want',
  sources: [
    'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold',
    'https://github.com/projectcontour/contour/issues/579',
  ],
  check: (chain) =>
    dnsGrpcClusters(chain)
      .filter((each) => ejecting(each) || each.cluster.at.get('health_checks').items().length > 0)
      .map((each) => {
        const { at } = each.cluster;
        const isSet = at.get('common_lb_config', 'healthy_panic_threshold').value !== undefined;
        if (isSet) return passed(clusterSubject(each));
        return found(clusterSubject(each), at, 'healthy_panic_threshold is not set');
      }),
};

export const answersEject: Rule = {
  code: 'GLB047',
  level: 'warning',
  title: 'answers that a caller can provoke take pods out',
  harm:
    'Envoy counts the status of gRPC as HTTP 5xx (UNKNOWN, INTERNAL, UNIMPLEMENTED, DEADLINE_EXCEEDED, …): one caller ' +
    'with a request that a handler fails on gets five in a row, and takes out one pod after the other',
  cure:
    'split_external_local_origin_errors: true, enforcing_consecutive_5xx: 0, enforcing_success_rate: 0, and ' +
    'enforcing_consecutive_local_origin_failure: 100, which counts resets and refused connections only',
  sources: [OUTLIER, OUTLIER_PROTO],
  check: (chain) =>
    dnsGrpcClusters(chain)
      .filter(ejecting)
      .map((each) => {
        const at = each.cluster.at.get('outlier_detection');
        const enforced = wrappedNumber(at.get('enforcing_consecutive_5xx')) ?? 100;
        if (enforced === 0) return passed(clusterSubject(each));
        const count = wrappedNumber(at.get('consecutive_5xx')) ?? 5;
        return found(clusterSubject(each), at, `${count} such answers in a row eject a pod (consecutive_5xx)`);
      }),
};

/** Release notes of 1.31: always_eject_one_host, without which the percentage holds for the first host too. */
const EJECTS_ONE_UNTIL = 31;

export const ejectsNone: Rule = {
  code: 'GLB048',
  level: 'info',
  title: 'outlier detection may eject one pod in ten, and there may be fewer',
  harm: 'with fewer than ten pods the default of 10 % ejects none: a pod that breaks its calls off keeps getting them',
  cure: 'always_eject_one_host: true, or a max_ejection_percent such as 50',
  sources: [OUTLIER_PROTO],
  check: (chain) =>
    dnsGrpcClusters(chain)
      .filter(ejecting)
      .map((each) => ejectionObservation(each)),
};

function ejectionObservation(each: GrpcCluster): Observation {
  const at = each.cluster.at.get('outlier_detection');
  const subject = clusterSubject(each);
  const percent = wrappedNumber(at.get('max_ejection_percent'));
  if (at.get('always_eject_one_host').value === true || (percent ?? 10) > 10) return passed(subject);
  const versions = each.envoy.pods.map(versionOf);
  const known = versions.filter((version) => version !== undefined);
  if (known.length === 0) return blind(subject, "Envoy's version, from the image of the Deployment that runs it");
  if (known.every(({ major, minor }) => major === 1 && minor < EJECTS_ONE_UNTIL)) return passed(subject);
  return found(subject, at, `max_ejection_percent is ${percent ?? '10, the default'}`);
}
