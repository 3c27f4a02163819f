// SIGKILL for a pod's process: by a pod that may see the node's processes and nothing else, which does not stay.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { killProcess } from '../../../../../lab/system/cluster/process-killer';
import { waitFor } from '../../../../support/condition';
import { type FakeKubernetes, type Json, reply, startFakeKubernetes } from './fake-kubernetes';
import { podObject } from './sample-objects';

const PODS = '/api/v1/namespaces/envoy/pods';
const KILLERS = '/api/v1/namespaces/kube-system/pods'; // ours refuse what sees the node's processes
const KILLER = `${KILLERS}/envoy-1-killer`;
const VICTIM = { namespace: 'envoy', pod: 'envoy-1', program: 'envoy' };

describe('killProcess()', () => {
  let kubernetes: FakeKubernetes;
  const kill = () => killProcess(kubernetes.api, VICTIM, { withinMs: 60_000, signal: new AbortController().signal });
  const end = async (phase: string, log: string) => {
    kubernetes.answer(`GET ${KILLER}/log`, (response) => void response.end(log));
    const killer = await waitFor('the killer', 60_000, () => kubernetes.objects.get(KILLER), 5);
    kubernetes.objects.set(KILLER, { ...killer, status: { phase } });
    return killer as { spec: Json & { containers: Json[] } };
  };
  beforeEach(async () => {
    kubernetes = await startFakeKubernetes();
    const securityContext = { capabilities: { drop: ['ALL'] } };
    const spec = {
      nodeName: 'node-7',
      securityContext: { runAsUser: 101 },
      containers: [
        { name: 'linkerd-proxy', image: 'other' },
        { name: 'envoy', image: 'envoyproxy/envoy:v1', securityContext },
      ],
    };
    kubernetes.objects.set(`${PODS}/envoy-1`, { ...podObject('envoy-1'), spec });
  });
  afterEach(() => kubernetes.close());

  it('runs on the victim’s node as the victim’s user, says when it killed, and is removed', async () => {
    const killing = kill();
    const { spec } = await end('Succeeded', '1795506857.713932\n');
    assert.equal(Math.round(await killing), 1795506857714);
    assert.equal(spec.nodeName, 'node-7');
    assert.deepEqual(spec.securityContext, { runAsUser: 101 });
    assert.equal(spec.containers[0]?.image, 'envoyproxy/envoy:v1');
    assert.deepEqual(spec.containers[0]?.securityContext, { capabilities: { drop: ['ALL'] } });
    assert.equal(kubernetes.objects.has(KILLER), false);
  });

  it('rejects when there was no such process, and is removed all the same', async () => {
    const rejected = assert.rejects(
      kill(),
      /cannot kill envoy-1: expected a process envoy of it on its node, got none/,
    );
    await end('Failed', '');
    await rejected;
    assert.equal(kubernetes.objects.has(KILLER), false);
  });

  it('passes on that such pods are forbidden', async () => {
    const message = 'violates PodSecurity "restricted": host namespaces (hostPID=true)';
    kubernetes.answer(`POST ${KILLERS}`, (response) => reply(response, { status: 403, message }));
    await assert.rejects(kill(), /status 403, violates PodSecurity/);
  });
});
