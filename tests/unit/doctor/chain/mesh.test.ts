// Who gets a proxy: the tables of Linkerd's and Istio's documentation.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getsProxy, type Mesh } from '../../../../doctor/chain/mesh';
import { readProgramText } from '../../../../manifest-reader/positions/read-placed';

interface Said {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hostNetwork?: boolean;
}

const placed = (value: object) => readProgramText(JSON.stringify(value), (line) => ({ file: 'test', line }));

function gets(mesh: Mesh, { hostNetwork = false, ...pod }: Said, namespace?: Said): boolean | undefined {
  return getsProxy(mesh, {
    metadata: placed(pod),
    spec: placed({ hostNetwork }),
    namespace: namespace && placed(namespace),
  });
}

const inject = (word: string): Said => ({ annotations: { 'linkerd.io/inject': word } });
const sidecar = (word: string): Said => ({ labels: { 'sidecar.istio.io/inject': word } });
const istio = (labels: Readonly<Record<string, string>>): Said => ({ labels });
const NOTHING: Said = {};

describe('getsProxy()', () => {
  const CASES: readonly (readonly [Mesh, pod: Said, namespace: Said | undefined, expected: boolean | undefined])[] = [
    ['Linkerd', inject('enabled'), inject('enabled'), true],
    ['Linkerd', NOTHING, inject('enabled'), true],
    ['Linkerd', inject(''), inject('ingress'), true],
    ['Linkerd', inject('disabled'), inject('enabled'), false],
    ['Linkerd', inject('enabled'), inject('disabled'), true],
    ['Linkerd', inject('ingress'), NOTHING, true],
    ['Linkerd', inject('disabled'), inject('disabled'), false],
    ['Linkerd', NOTHING, inject('disabled'), false],
    ['Linkerd', NOTHING, NOTHING, false],
    ['Linkerd', inject('true'), inject('enabled'), false],
    ['Linkerd', inject('enabled'), inject('true'), false],
    ['Linkerd', { labels: { 'linkerd.io/inject': 'enabled' } }, NOTHING, false],
    ['Linkerd', NOTHING, { labels: { 'linkerd.io/inject': 'enabled' } }, false],
    ['Linkerd', { ...inject('enabled'), hostNetwork: true }, inject('enabled'), false],
    ['Linkerd', NOTHING, undefined, undefined],
    ['Linkerd', inject('enabled'), undefined, true],
    ['Istio', NOTHING, istio({ 'istio-injection': 'enabled' }), true],
    ['Istio', NOTHING, istio({ 'istio-injection': 'disabled' }), false],
    ['Istio', NOTHING, istio({ 'istio.io/rev': 'stable' }), true],
    ['Istio', NOTHING, istio({ 'istio.io/rev': 'stable', 'istio-injection': 'disabled' }), false],
    ['Istio', sidecar('false'), istio({ 'istio-injection': 'enabled' }), false],
    ['Istio', sidecar('true'), istio({ 'istio-injection': 'disabled' }), false],
    ['Istio', sidecar('true'), NOTHING, true],
    ['Istio', istio({ 'istio.io/rev': 'stable' }), NOTHING, true],
    ['Istio', NOTHING, NOTHING, false],
    ['Istio', { annotations: { 'sidecar.istio.io/inject': 'false' } }, istio({ 'istio-injection': 'enabled' }), false],
    ['Istio', { annotations: { 'sidecar.istio.io/inject': 'true' } }, NOTHING, false],
    ['Istio', NOTHING, { annotations: { 'istio-injection': 'enabled' } }, false],
    ['Istio', NOTHING, istio({ 'istio.io/dataplane-mode': 'ambient' }), false],
    ['Istio', istio({ 'istio.io/dataplane-mode': 'ambient' }), NOTHING, false],
    ['Istio', { ...sidecar('true'), hostNetwork: true }, NOTHING, false],
    ['Istio', NOTHING, undefined, undefined],
    ['Istio', sidecar('true'), undefined, true],
    ['Istio', sidecar('false'), undefined, false],
  ];
  for (const [mesh, pod, namespace, expected] of CASES) {
    it(`is ${expected} in ${mesh} for ${JSON.stringify(pod)} in ${JSON.stringify(namespace)}`, () => {
      assert.equal(gets(mesh, pod, namespace), expected);
    });
  }
});
