// SIGKILL for the process of a pod. Deleting a pod with no grace is not that: the kubelet still runs preStop and asks
// first. And nothing inside a container can kill its first process, so this is done by another pod on the same node, of
// the same user and without any other right, that sees the node's processes. Our own namespaces refuse such pods.
import { type WaitOptions, waitUntil } from '../wait-until';
import type { Api } from './api';
import { LAB_LABEL, PART_OF, type PodObject, podsPath } from './objects';

const EVERY_MS = 100;
/** The one namespace of every cluster whose pods may see their node's processes: the cluster's own parts have to. */
const NAMESPACE = 'kube-system';
/** Finds the program whose POD_NAME is that of the victim; prints when it was killed (s since the epoch). */
const SCRIPT = `
for process in /proc/[0-9]*; do
  [[ $(<"$process/comm") == "$PROGRAM" ]] || continue
  grep --quiet --null-data --line-regexp --fixed-strings "POD_NAME=$VICTIM" "$process/environ" || continue
  now=$EPOCHREALTIME
  kill -KILL "\${process#/proc/}" && echo "$now" && exit 0
done 2>/dev/null
exit 1
`;

/**
 * Kills `program`, the main process of the pod, and resolves to when that was (ms since the epoch, by the node's clock).
 * Its image must have bash and grep, as Envoy's has.
 * @throws Error where pods that see the node's processes are forbidden in kube-system, or there is no such process
 */
export async function killProcess(
  api: Api,
  { namespace, pod, program }: { readonly namespace: string; readonly pod: string; readonly program: string },
  options: WaitOptions,
): Promise<number> {
  const victim = await api.get<PodObject>(`${podsPath(namespace)}/${pod}`);
  const killer = `${podsPath(NAMESPACE)}/${pod}-killer`;
  await api.send('POST', podsPath(NAMESPACE), killerPod(victim, program));
  try {
    let phase = '';
    const look = async () => {
      phase = (await api.get<PodObject>(killer)).status?.phase ?? '';
      return phase === 'Succeeded' || phase === 'Failed' ? undefined : `its pod is ${phase}`;
    };
    await waitUntil(`the kill of ${pod}`, look, { everyMs: EVERY_MS, ...options });
    const killedAt = Number(await api.text(`${killer}/log`));
    if (phase !== 'Succeeded' || !(killedAt > 0)) {
      throw new Error(`cannot kill ${pod}: expected a process ${program} of it on its node, got none`);
    }
    return killedAt * 1000;
  } finally {
    await api.send('DELETE', `${killer}?gracePeriodSeconds=0`).catch(() => undefined);
  }
}

function killerPod({ metadata, spec }: PodObject, program: string): object {
  const [container] = spec.containers.filter(({ name }) => name === program);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${metadata.name}-killer`,
      labels: { [LAB_LABEL]: 'killer', 'app.kubernetes.io/part-of': PART_OF },
      // It makes no calls, and a proxy beside it would keep it from ending.
      annotations: { 'linkerd.io/inject': 'disabled' },
    },
    spec: {
      nodeName: spec.nodeName,
      hostPID: true,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: spec.securityContext,
      containers: [
        {
          name: 'killer',
          image: container?.image,
          imagePullPolicy: container?.imagePullPolicy,
          command: ['bash', '-c', SCRIPT],
          env: [
            { name: 'VICTIM', value: metadata.name },
            { name: 'PROGRAM', value: program },
          ],
          securityContext: container?.securityContext,
        },
      ],
    },
  };
}
