// A Deployment whose pods are `sleep` processes, whose readiness the test decides.
import { createAddressPool } from '../../../../local/pods/addresses';
import { createDeployment, type Deployment } from '../../../../local/pods/deployment';
import type { ProcessSpec } from '../../../../local/pods/process';
import { startReaper } from '../../../../local/pods/reaper';
import type { PodManifest } from '../../../../manifest-reader/pod-manifest';

export const MANIFEST: PodManifest = {
  deployment: 'pod',
  namespace: 'pod',
  image: 'pod:1',
  args: [],
  env: {},
  podFields: {},
  ports: {},
  scrape: undefined,
  mounts: {},
  readiness: {
    check: { kind: 'http', port: 1, path: '/' },
    periodMs: 20,
    timeoutMs: 1000,
    failureThreshold: 2,
  },
  preStop: undefined,
  minReadyMs: 400,
  terminationGraceMs: 300,
};
export const SLEEP: ProcessSpec = { command: 'sleep', args: ['60'], env: { PATH: process.env.PATH ?? '' } };

export class DeploymentBench {
  readonly deployment: Deployment;
  /** What the next pod is. */
  spec = SLEEP;
  inDns: readonly string[] = [];
  /** Where a Service publishes pods that are not ready. */
  existing: readonly string[] = [];
  readonly history: string[] = [];
  /** Addresses that fail their probes, and those that fail the next one. */
  readonly unready = new Set<string>();
  readonly unreadyOnce = new Set<string>();
  /** Probes that passed. */
  answers = 0;
  mostReady = 0;
  leastReady = Number.POSITIVE_INFINITY;
  readonly #reaper = startReaper();

  /** @param network of its own: the first three numbers of its addresses */
  constructor(network: string) {
    this.deployment = createDeployment({
      blueprint: {
        manifest: MANIFEST,
        prepare: async () => this.spec,
        preStop: async (name) => void this.history.push(`${name} preStop`),
        cleanUp: async (name) => void this.history.push(`${name} cleanUp`),
      },
      addresses: createAddressPool(network, 1, 20),
      reaper: this.#reaper,
      probe: async (host) => {
        const isReady = !this.unready.has(host) && !this.unreadyOnce.delete(host);
        if (isReady) this.answers++;
        return isReady;
      },
      publish: ({ ready, all }) => {
        this.inDns = ready;
        this.existing = all;
      },
      onLine: (pod, line) => this.history.push(`${pod}: ${line}`),
      onChange: (pod, detail) => {
        this.history.push(`${pod.name} ${pod.state}${detail === undefined ? '' : `: ${detail.split('\n')[0]}`}`);
        const ready = this.deployment.pods().filter((each) => each.state === 'ready').length;
        this.mostReady = Math.max(this.mostReady, ready);
        this.leastReady = Math.min(this.leastReady, ready);
      },
    });
  }

  /** `pod-1 ready`, each pod. */
  states(): readonly string[] {
    return this.deployment.pods().map((pod) => `${pod.name} ${pod.state}`);
  }

  async close(): Promise<void> {
    await this.deployment.close();
    await this.#reaper.close();
  }
}
