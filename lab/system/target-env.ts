// Whom a load calls, as settings of the client: the names that the manifests give, and the ports behind them.
import type { Manifests } from '../../manifest-reader/manifests';
import { servicesOf } from '../../manifest-reader/manifests';
import type { Variables } from '../../manifest-reader/pod-manifest';
import type { Target } from './system';

/** @throws Error when the manifests have no such Service */
export function targetEnv(manifests: Manifests, target: Target): Variables {
  const isEnvoys = target === 'envoys' || target === 'envoy-service';
  const isHeadless = target === 'envoys' || target === 'servers';
  const pod = isEnvoys ? manifests.envoy : manifests.server;
  const kind = isHeadless ? 'headless' : 'cluster-ip';
  const service = servicesOf(manifests, pod.deployment).find((each) => each.kind === kind);
  const port = pod.ports.grpc;
  if (service === undefined || port === undefined) {
    throw new Error(`cannot call ${target}: expected a ${kind} Service of ${pod.deployment}, and its port grpc`);
  }
  return {
    GRPC_SERVER_DOMAIN: service.host,
    GRPC_SERVER_PORT: String(port),
    LB_POLICY: isHeadless ? 'round_robin' : 'pick_first',
  };
}
