import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChain } from '../../../../../doctor/chain/chain';
import type { EnvoyPod } from '../../../../../doctor/chain/envoy/envoy';
import { versionOf, workersOf } from '../../../../../doctor/chain/envoy/workers';
import { inputOf } from '../../examined';

function podWith(container: Readonly<Record<string, unknown>>): EnvoyPod {
  const spec = { containers: [{ name: 'envoy', ...container }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec };
  const [workload] = readChain(inputOf(JSON.stringify(pod))).workloads;
  const [first] = workload?.containers ?? [];
  assert.ok(workload && first);
  return { workload, container: first };
}

describe('versionOf()', () => {
  for (const [image, expected] of [
    ['envoyproxy/envoy:v1.40.2', '1.40'],
    ['docker.io/envoyproxy/envoy:distroless-v1.31-latest', '1.31'],
    ['envoyproxy/envoy-distroless:v1.29.0@sha256:abc', '1.29'],
    ['envoyproxy/envoy:latest', undefined],
    ['envoyproxy/envoy', undefined],
    ['envoyproxy/envoy@sha256:1234', undefined],
    ['registry:5000/proxy:v3.2.1', undefined],
  ] as const) {
    it(`reads ${expected ?? 'nothing'} from ${image}`, () => {
      const version = versionOf(podWith({ image }));
      assert.equal(version && `${version.major}.${version.minor}`, expected);
    });
  }
});

describe('workersOf()', () => {
  const limited = (cpu: string | number) => ({ resources: { limits: { cpu } } });
  const new40 = { image: 'envoyproxy/envoy:v1.40.2' };
  const old = { image: 'envoyproxy/envoy:v1.30.1' };
  for (const [what, container, count] of [
    ['--concurrency 2', { args: ['-c', 'x', '--concurrency', '2'] }, 2],
    ['--concurrency=3', { command: ['envoy', '--concurrency=3'] }, 3],
    ['--concurrency 0, which Envoy raises', { args: ['--concurrency', '0'] }, 1],
    ['a shell', { command: ['sh', '-c', 'exec envoy -c /etc/e.yaml --concurrency 4'] }, 4],
    ['--concurrency $(N)', { args: ['--concurrency', '$(N)'] }, undefined],
    ['a CPU limit and 1.40', { ...new40, ...limited('2500m') }, 2],
    ['a small CPU limit and 1.40', { ...new40, ...limited('300m') }, 1],
    ['a CPU limit as a number', { ...new40, ...limited(4) }, 4],
    ['a CPU limit and 1.30, which does not look at it', { ...old, ...limited('2') }, undefined],
    ['no limit', new40, undefined],
    ['a limit and no version', limited('2'), undefined],
    [
      'a limit that Envoy is told not to look at',
      { ...new40, ...limited('2'), env: [{ name: 'ENVOY_CGROUP_CPU_DETECTION', value: 'false' }] },
      undefined,
    ],
  ] as const) {
    it(`counts ${count ?? 'nothing it could know'} for ${what}`, () =>
      assert.equal(workersOf(podWith(container)).count, count));
  }
});
