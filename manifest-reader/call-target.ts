// Whom a client calls, as settings of it: the names that the manifests give, and the ports behind them.
import { type Manifests, servicesOf } from './manifests';
import type { Variables } from './pod-manifest';

/**
 * Whom a client calls, and how its channel spreads over the addresses:
 * - `envoys`: the headless Envoy Service, round_robin. What is shipped without a mesh
 * - `envoy-service`: one Envoy behind the ClusterIP, pick_first; locally a name that has one Envoy's address
 * - `servers`: the headless server Service without Envoy, round_robin
 * - `server-service`: the servers' ClusterIP without Envoy, pick_first; locally a name that answers each query with one
 *   server drawn at random, which is what kube-proxy does for each connection
 */
export type Target = 'envoys' | 'envoy-service' | 'servers' | 'server-service';

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
