// Makes the cluster's DNS answer wrongly for the servers' name, and rightly again.
import type { DnsFaultMode } from '../../records/event';
import { waitUntil } from '../wait-until';
import type { Api } from './api';
import type { Changes } from './changes';
import { createConfigOverride } from './config-override';
import { type DeploymentObject, type List, type PodObject, podsPath } from './objects';
import { untilRolledOut } from './rollout';
import { replicasPart } from './scaling';

export interface DnsControl {
  /** Resolves when no pod of CoreDNS is left that answers otherwise. */
  set(mode: DnsFaultMode | undefined, signal: AbortSignal): Promise<void>;
}

const NAMESPACE = 'kube-system';
/** The label by which the Service `kube-dns` finds its pods, however they were installed. */
const SELECTOR = encodeURIComponent('k8s-app=kube-dns');
/** The name that Envoy asks for: envoy_proxy_k8s/configmap.yaml. */
const SERVERS_NAME = 'grpc-server-headless.grpc-server.svc.cluster.local';
const WITHIN_MS = 90_000;

/** What a Corefile can say; silence is CoreDNS not being there. */
export type CorefileFault = 'servfail' | 'nxdomain';

const BODIES: Readonly<Record<CorefileFault, readonly string[]>> = {
  // The last plugin of a chain cannot pass the question on, and that is a SERVFAIL.
  servfail: ['errors'],
  // Only one other namespace is known here, so nothing exists in the name's own.
  nxdomain: ['errors', 'kubernetes cluster.local {', '    namespaces default', '}'],
};

export function createDnsControl(api: Api, changes: Changes): DnsControl {
  /** Undefined where the cluster's DNS is something else: there is nothing to take back then. */
  async function findDeployment(mode: DnsFaultMode | undefined): Promise<string | undefined> {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments?labelSelector=${SELECTOR}`;
    const { items } = await api.get<List<DeploymentObject>>(path);
    const name = items[0]?.metadata.name;
    if (items.length !== 1) {
      if (mode === undefined) return undefined;
      const found = items.map(({ metadata }) => metadata.name).join(', ') || 'none';
      throw new Error(`cannot disturb DNS: expected one Deployment k8s-app=kube-dns in ${NAMESPACE}, got ${found}`);
    }
    return name;
  }

  async function podNames(): Promise<readonly string[]> {
    const { items } = await api.get<List<PodObject>>(`${podsPath(NAMESPACE)}?labelSelector=${SELECTOR}`);
    return items.map(({ metadata }) => metadata.name);
  }

  async function untilGone(names: readonly string[], signal: AbortSignal): Promise<void> {
    const look = async () => {
      const left = (await podNames()).filter((name) => names.includes(name));
      return left.length === 0 ? undefined : left.join(', ');
    };
    await waitUntil('the old pods of CoreDNS are gone', look, { withinMs: WITHIN_MS, everyMs: 250, signal });
  }

  return {
    set: async (mode, signal) => {
      const deployment = await findDeployment(mode);
      if (deployment === undefined) return;
      const override = createConfigOverride(api, changes, { namespace: NAMESPACE, deployment, file: 'Corefile' });
      const old = await podNames();
      const isEdited =
        mode === 'servfail' || mode === 'nxdomain'
          ? await override.use((corefile) => corefileWithFault(corefile, mode, SERVERS_NAME))
          : await override.restore();
      const replicas = replicasPart(NAMESPACE, deployment);
      const isScaled = mode === 'silence' ? await changes.change(replicas, () => 0) : await changes.restore(replicas);
      if (!isEdited && !isScaled) return;
      await untilRolledOut(api, { namespace: NAMESPACE, deployment }, { withinMs: WITHIN_MS, signal });
      await untilGone(old, signal);
      if (mode === undefined) await override.cleanUp();
    },
  };
}

/**
 * `corefile` with a block for `name`, which must be one of `*.cluster.local` and not in the namespace `default`. A block
 * of its own wins over the general one, and needs no plugin that a small build of CoreDNS could lack.
 */
export function corefileWithFault(corefile: string, fault: CorefileFault, name: string): string {
  const lines = BODIES[fault].map((line) => `    ${line}\n`);
  return `${corefile.trimEnd()}\n${name}:53 {\n${lines.join('')}}\n`;
}
