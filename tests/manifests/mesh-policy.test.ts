// The network policies where pods have Linkerd's proxy. Between two such pods all traffic goes to the proxy's port 4143,
// in both directions of a policy; where one of the two has none, it goes to the port that was asked for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayConnect, mayEnter, mayLeave, type Pod } from '../support/network-policies';
import { ARROWS, arrowsOfTheMesh, arrowText, box, boxes, PROXY_PORT, STRANGER, stranger } from '../support/picture';
import { all } from '../support/read-manifests';

const policies = () => all('NetworkPolicy');
const MESHED = boxes().filter(({ takesProxy }) => takesProxy);
const CONTROL_PLANE: Pod = { namespace: 'linkerd', labels: {}, ports: {} };
const VIZ: Pod = { namespace: 'linkerd-viz', labels: {}, ports: {} };
const DNS: Pod = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ports: {} };

/** With and without the proxy, as far as the box can have it: pods are rolled into and out of a mesh one by one. */
const statesOf = (takesProxy: boolean) => (takesProxy ? [false, true] : [false]);

describe('network policies in a mesh', () => {
  for (const arrow of ARROWS.filter(({ from }) => from !== STRANGER)) {
    const from = box(arrow.from);
    const to = box(arrow.to);
    for (const fromHas of statesOf(from.takesProxy)) {
      for (const toHas of statesOf(to.takesProxy)) {
        const port = fromHas && toHas ? PROXY_PORT : (to.ports[arrow.port] as number);
        const words = `caller ${fromHas ? 'with' : 'without'} a proxy, callee ${toHas ? 'with' : 'without'}`;
        it(`${arrowText(arrow)} passes, ${words}`, () => {
          assert.ok(mayLeave(policies(), from, to, port), `${from.name} may not call ${to.name}:${port}`);
          assert.ok(mayEnter(policies(), from, to, port), `${to.name} takes no call of ${from.name} to ${port}`);
        });
      }
    }
  }

  it('let proxies carry only the arrows between them', () => {
    const everybody = [...boxes(), stranger()];
    const pairs = everybody.flatMap((from) => boxes().map((to) => ({ from, to })));
    const open = pairs
      .filter(({ from, to }) => from.name !== to.name && mayConnect(policies(), from, to, PROXY_PORT))
      .map(({ from, to }) => `${from.name} -> ${to.name}`);
    assert.deepEqual(
      open.sort(),
      arrowsOfTheMesh()
        .map(({ from, to }) => `${from} -> ${to}`)
        .sort(),
    );
  });

  it('identify the callers of a proxy by their labels, not by their namespace alone', () => {
    for (const { from, to } of arrowsOfTheMesh()) {
      const neighbour: Pod = { namespace: box(from).namespace, labels: {}, ports: {} };
      assert.equal(mayEnter(policies(), neighbour, box(to), PROXY_PORT), false, `${to} from beside ${from}`);
    }
  });

  for (const each of MESHED) {
    it(`the proxy of ${each.name} may ask the control plane and DNS`, () => {
      // identity, destination, policy
      for (const port of [8080, 8086, 8090]) assert.equal(mayConnect(policies(), each, CONTROL_PLANE, port), true);
      for (const protocol of ['UDP', 'TCP'] as const) {
        assert.equal(mayConnect(policies(), each, DNS, 53, protocol), true);
      }
    });

    it(`linkerd viz may ask the proxy of ${each.name} at the proxy’s own ports`, () => {
      for (const port of [4190, 4191]) assert.equal(mayConnect(policies(), VIZ, each, port), true);
      assert.equal(mayConnect(policies(), VIZ, each, PROXY_PORT), false);
      assert.equal(mayConnect(policies(), stranger(), each, 4190), false);
    });
  }

  it('exist only for boxes with the proxy', () => {
    const namespaces = policies().filter(({ metadata }) => metadata.name === 'linkerd');
    assert.deepEqual(
      namespaces.map(({ metadata }) => metadata.namespace).sort(),
      MESHED.map(({ namespace }) => namespace).sort(),
    );
  });
});
