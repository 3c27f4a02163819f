// The Pod that a load runs in: the client's own Deployment as it was deployed, with other settings, run once. Pure.

import type { Variables } from '../../../manifest-reader/pod-manifest';
import type { LoadSpec } from '../load';
import { CLIENT, type DeploymentObject, LAB_LABEL, PART_OF, type PodSpec } from './objects';
import { mergeEnv, toEnvVars } from './server-env';

/** The client writes its ledger to standard output, its log to standard error; the kubelet keeps both as one log. */
const LEDGER_TO_LOG = { LEDGER: '-' };
const NAME_LABEL = 'app.kubernetes.io/name';

/**
 * Where network policies are enforced, what a new pod sends may be dropped until the evaluator has heard of it from the API:
 * for seconds when several pods start at once. That is not what a load is to count.
 */
const CONNECTED_FIRST = { CONNECT_WAIT_MS: '20000' };

/** The client's variables for a load; `targetEnv` says whom it calls. */
export function loadEnv({ ratePerSecond, count, streams, env = {} }: LoadSpec, targetEnv: Variables): Variables {
  return {
    ...targetEnv,
    ...CONNECTED_FIRST,
    ...(ratePerSecond !== undefined && { RATE: String(ratePerSecond) }),
    ...(count !== undefined && { COUNT: String(count) }),
    ...(streams !== undefined && { STREAMS: String(streams) }),
    ...env,
    ...LEDGER_TO_LOG,
  };
}

export interface PodManifestObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

/** A Pod that makes the calls of a load and then ends. */
export function loadPod(client: DeploymentObject, name: string, env: Variables): PodManifestObject {
  const { metadata, spec } = client.spec.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: {
        ...metadata.labels,
        // Not the Deployment's: a reader of grpc-client's logs must not get those of a load.
        [NAME_LABEL]: 'grpc-client-load',
        'app.kubernetes.io/part-of': PART_OF,
        [LAB_LABEL]: 'load',
      },
    },
    spec: {
      ...spec,
      restartPolicy: 'Never',
      containers: spec.containers.map((container) => {
        if (container.name !== CLIENT.container) return container;
        // A load that is busy must not be ended for it.
        const { livenessProbe, startupProbe, readinessProbe, ...rest } = container;
        return { ...rest, env: mergeEnv(container.env ?? [], toEnvVars(env)) };
      }),
    },
  };
}

/** `streams` of the second run in a minute must not meet the first one's pod: names of pods end in `suffix`. */
export function loadPodName(load: string, suffix: string): string {
  const bare = load
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `grpc-client-load-${bare}-${suffix}`;
}
