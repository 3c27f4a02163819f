// The network policies, worked out for every pair of pods and every port: what the picture draws passes, nothing else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayConnect, type Pod } from '../support/network-policies';
import { ARROWS, arrowText, box, boxes, stranger } from '../support/picture';
import { all } from '../support/read-manifests';

const DNS: Pod = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ports: { dns: 53 } };
const API_SERVER: Pod = { namespace: 'kube-system', labels: {}, ports: {} };
const policies = () => all('NetworkPolicy');

describe('network policies', () => {
  it('let pass exactly the arrows of the picture', () => {
    const open = [...boxes(), stranger()].flatMap((from) =>
      boxes()
        .filter((to) => to.name !== from.name)
        .flatMap((to) =>
          Object.entries(to.ports)
            .filter(([, port]) => mayConnect(policies(), from, to, port))
            .map(([port]) => arrowText({ from: from.name, to: to.name, port })),
        ),
    );
    assert.deepEqual(open.sort(), ARROWS.map(arrowText).sort());
  });

  for (const each of boxes()) {
    const asks = each.name !== 'prometheus';
    const title = asks ? 'ask DNS, over UDP and TCP' : 'not ask DNS: it gets addresses from the API server';
    it(`${each.name} may ${title}`, () => {
      for (const protocol of ['UDP', 'TCP'] as const) {
        assert.equal(mayConnect(policies(), each, DNS, 53, protocol), asks);
      }
      assert.equal(mayConnect(policies(), each, DNS, 9153), false);
    });
  }

  for (const name of ['prometheus', 'prometheus-adapter']) {
    it(`${name} may ask the API server, which is not a pod`, () => {
      for (const port of [443, 6443, 8443]) assert.equal(mayConnect(policies(), box(name), API_SERVER, port), true);
    });
  }

  it('close each namespace of the project in both directions by default', () => {
    const denying = policies().filter(({ spec }) => spec.podSelector.matchLabels === undefined);
    const namespaces = all('Namespace').map(({ metadata }) => metadata.name);
    assert.deepEqual(denying.map(({ metadata }) => metadata.namespace).sort(), namespaces.sort());
    for (const { spec } of denying) {
      assert.deepEqual(spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    }
  });
});
