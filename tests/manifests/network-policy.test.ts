// The network policies, worked out for every pair of pods and every port: what the picture draws passes, nothing else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayConnect, type Pod } from '../support/network-policies';
import { all } from '../support/read-manifests';

const OUR_PODS: readonly Pod[] = all('Deployment').map(({ metadata, spec }) => ({
  namespace: metadata.namespace ?? '',
  labels: spec.template.metadata.labels ?? {},
  ports: Object.fromEntries(
    (spec.template.spec.containers[0]?.ports ?? []).map((port) => [port.name, port.containerPort]),
  ),
}));
const STRANGER: Pod = { namespace: 'default', labels: { 'app.kubernetes.io/name': 'envoy' }, ports: { http: 80 } };
const DNS: Pod = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ports: { dns: 53 } };
const LOAD: Pod = {
  namespace: 'grpc-client',
  labels: { 'app.kubernetes.io/name': 'grpc-load', 'app.kubernetes.io/component': 'client' },
  ports: { 'http-metrics': 9464 },
};
const nameOf = ({ labels, namespace }: Pod) =>
  namespace === 'default' ? 'stranger' : (labels['app.kubernetes.io/name'] ?? '?');
const policies = () => all('NetworkPolicy');

const ARROWS = [
  'grpc-client -> envoy:grpc',
  'envoy -> grpc-server:grpc',
  'prometheus -> grpc-server:http-metrics',
  'prometheus -> envoy:http-metrics',
  'prometheus -> grpc-client:http-metrics',
  'prometheus-adapter -> prometheus:http',
  'grafana -> prometheus:http',
  // Who may ask the adapter cannot be narrowed, since the API server is no pod; the adapter knows its callers.
  'stranger -> prometheus-adapter:https',
  'prometheus -> prometheus-adapter:https',
];

describe('network policies', () => {
  it('let pass exactly the arrows of the picture', () => {
    const open = [...OUR_PODS, STRANGER].flatMap((from) =>
      OUR_PODS.filter((to) => to !== from).flatMap((to) =>
        Object.entries(to.ports)
          .filter(([, port]) => mayConnect(policies(), from, to, port))
          .map(([port]) => `${nameOf(from)} -> ${nameOf(to)}:${port}`),
      ),
    );
    assert.deepEqual(open.sort(), [...ARROWS].sort());
  });

  it('let the load generators of the lab do what the client does', () => {
    const [envoy] = OUR_PODS.filter((pod) => nameOf(pod) === 'envoy') as [Pod];
    const [server] = OUR_PODS.filter((pod) => nameOf(pod) === 'grpc-server') as [Pod];
    const [prometheus] = OUR_PODS.filter((pod) => nameOf(pod) === 'prometheus') as [Pod];
    assert.equal(mayConnect(policies(), LOAD, envoy, 8443), true);
    assert.equal(mayConnect(policies(), LOAD, server, 50051), false);
    assert.equal(mayConnect(policies(), prometheus, LOAD, 9464), true);
  });

  for (const pod of OUR_PODS) {
    const asks = !['prometheus'].includes(nameOf(pod));
    it(`${nameOf(pod)} may ${asks ? '' : 'not '}ask DNS${asks ? ', over UDP and TCP' : ': it gets addresses from the API server'}`, () => {
      for (const protocol of ['UDP', 'TCP'] as const)
        assert.equal(mayConnect(policies(), pod, DNS, 53, protocol), asks);
      assert.equal(mayConnect(policies(), pod, DNS, 9153), false);
    });
  }

  for (const name of ['prometheus', 'prometheus-adapter']) {
    it(`${name} may ask the API server, which is no pod`, () => {
      const [pod] = OUR_PODS.filter((each) => nameOf(each) === name) as [Pod];
      const apiServer: Pod = { namespace: 'kube-system', labels: {}, ports: {} };
      for (const port of [443, 6443, 8443]) assert.equal(mayConnect(policies(), pod, apiServer, port), true);
    });
  }

  it('close each of our namespaces in both directions to begin with', () => {
    const denying = policies().filter(({ spec }) => spec.podSelector.matchLabels === undefined);
    const namespaces = all('Namespace').map(({ metadata }) => metadata.name);
    assert.deepEqual(denying.map(({ metadata }) => metadata.namespace).sort(), namespaces.sort());
    for (const { spec } of denying) {
      assert.deepEqual(spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    }
  });

  it('open the ports of a mesh to the neighbours of the picture only', () => {
    const [envoy] = OUR_PODS.filter((pod) => nameOf(pod) === 'envoy') as [Pod];
    const [client] = OUR_PODS.filter((pod) => nameOf(pod) === 'grpc-client') as [Pod];
    const viz: Pod = { namespace: 'linkerd-viz', labels: {}, ports: {} };
    const control: Pod = { namespace: 'linkerd', labels: {}, ports: {} };
    assert.equal(mayConnect(policies(), STRANGER, envoy, 4143), false);
    for (const port of [4190, 4191]) assert.equal(mayConnect(policies(), viz, envoy, port), true);
    for (const port of [8080, 8086, 8090]) assert.equal(mayConnect(policies(), client, control, port), true);
  });
});
