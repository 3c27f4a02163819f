import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { liveObject } from '../../../../doctor/live/cluster/live-object';
import { layOver } from '../../../../doctor/live/overlay';
import { inputOf } from '../examined';

const cluster = (...objects: object[]) => ({
  context: 'here',
  namespaces: undefined,
  granted: [],
  unreadable: [],
  objects: objects.map(liveObject).filter((object) => object !== undefined),
});
const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' } });
const over = (live: ReturnType<typeof cluster>, text: string) =>
  layOver(live, inputOf(text).objects, 'shop').map(({ label, place }) => `${label} of ${place.file}`);

describe('layOver()', () => {
  it('puts a file in place of the object with its name, and leaves the others', () => {
    const text = 'apiVersion: v1\nkind: Service\nmetadata: { name: cart }\n';
    const expected = ['Service shop/cart of stdin', 'Service shop/cards of Service/shop/cards'];
    assert.deepEqual(over(cluster(service('cart'), service('cards')), text), expected);
  });

  it('knows an object in another version of its group', () => {
    const metadata = { name: 'a', namespace: 'shop' };
    const live = cluster({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata });
    const text = 'apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: { name: a, namespace: shop }\n';
    assert.deepEqual(over(live, text), ['HorizontalPodAutoscaler shop/a of stdin']);
  });

  it('keeps the present owner of an API of metrics, whom a file would push out', () => {
    const name = 'v1beta1.external.metrics.k8s.io';
    const head = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' };
    const text = `apiVersion: ${head.apiVersion}\nkind: ${head.kind}\nmetadata: { name: ${name} }\n`;
    assert.equal(over(cluster({ ...head, metadata: { name } }), text).length, 2);
  });

  it('leaves out pods that something else makes', () => {
    const pod = (name: string, owners: object[]) => {
      const metadata = { name, namespace: 'shop', ownerReferences: owners };
      return { apiVersion: 'v1', kind: 'Pod', metadata };
    };
    const live = cluster(pod('own', []), pod('made', [{ kind: 'ReplicaSet', name: 'r', controller: true }]));
    assert.deepEqual(over(live, ''), ['Pod shop/own of Pod/shop/own']);
  });
});
