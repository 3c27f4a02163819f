// What the lab opens beside the manifests' network policies while it runs on a cluster: its loads and the API server,
// through which it reads, reach what they must, with and without a mesh, and nothing more is open to other pods.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadPod } from '../../lab/system/cluster/load-pod';
import { LAB_POLICIES } from '../../lab/system/cluster/network-policies';
import type { DeploymentObject } from '../../lab/system/cluster/objects';
import { FAULT_PORT } from '../../runtime/server-fault';
import type { NetworkPolicy } from '../support/kubernetes-objects';
import { mayConnect, type Pod } from '../support/network-policies';
import { box, PROXY_PORT, stranger } from '../support/picture';
import { all, one } from '../support/read-manifests';

const client = one('Deployment', 'grpc-client', 'grpc-client') as unknown as DeploymentObject;
const LOAD: Pod = {
  namespace: 'grpc-client',
  labels: loadPod(client, 'load', {}).metadata.labels,
  ports: box('grpc-client').ports,
};
const API_SERVER: Pod = { namespace: 'kube-system', labels: {}, ports: {} };
const CONTROL_PLANE: Pod = { namespace: 'linkerd', labels: {}, ports: {} };
const shipped = all('NetworkPolicy');
const whileItRuns = [...shipped, ...(LAB_POLICIES as unknown as readonly NetworkPolicy[])];

describe('the lab and network policies', () => {
  it('a load calls Envoy and is scraped as the client is, with and without a proxy', () => {
    for (const policies of [shipped, whileItRuns]) {
      for (const port of [8443, PROXY_PORT]) assert.equal(mayConnect(policies, LOAD, box('envoy'), port), true);
      for (const port of [8080, 8086, 8090]) assert.equal(mayConnect(policies, LOAD, CONTROL_PLANE, port), true);
      assert.equal(mayConnect(policies, box('prometheus'), LOAD, 9464), true);
    }
  });

  it('a load goes around Envoy only while the lab runs, with and without a proxy', () => {
    for (const port of [50051, PROXY_PORT]) {
      assert.equal(mayConnect(shipped, LOAD, box('grpc-server'), port), false);
      assert.equal(mayConnect(whileItRuns, LOAD, box('grpc-server'), port), true);
    }
  });

  const READ = [
    ['grpc-server', 9464],
    ['grpc-server', FAULT_PORT],
    ['envoy', 9902],
    ['prometheus', 9090],
  ] as const;
  for (const [name, port] of READ) {
    it(`the API server reaches ${name}:${port} for the lab, from any node`, () => {
      assert.equal(mayConnect(shipped, API_SERVER, box(name), port), false);
      assert.equal(mayConnect(whileItRuns, API_SERVER, box(name), port), true);
    });
  }

  it('the client and strangers call no server during that time', () => {
    for (const from of [box('grpc-client'), stranger()]) {
      for (const port of [50051, PROXY_PORT]) {
        assert.equal(mayConnect(whileItRuns, from, box('grpc-server'), port), false);
      }
    }
  });
});
