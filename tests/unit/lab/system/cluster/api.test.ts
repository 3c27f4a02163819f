// What the API server's refusals and silences become.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ApiError, isNotFound } from '../../../../../lab/system/cluster/api';
import { createFaultClient } from '../../../../../lab/system/cluster/fault-client';
import { type FakeKubernetes, reply, startFakeKubernetes } from './fake-kubernetes';

describe('the API', () => {
  let kubernetes: FakeKubernetes;
  beforeEach(async () => {
    kubernetes = await startFakeKubernetes();
  });
  afterEach(() => kubernetes.close());

  it('turns a refusal into an error with the request and the server’s reason', async () => {
    kubernetes.answer('GET /secret', (response) => reply(response, { status: 403, message: 'not yours' }));
    await assert.rejects(kubernetes.api.get('/secret'), {
      name: 'ApiError',
      message: 'GET /secret: status 403, not yours',
      status: 403,
    });
  });
  it('distinguishes a missing object from other refusals', async () => {
    assert.equal(await kubernetes.api.get('/apis/none').catch(isNotFound), true);
    assert.equal(isNotFound(new ApiError('GET /', 500, 'broken')), false);
  });
  it('gives up on a server that does not answer', async () => {
    kubernetes.answer('GET /silent', () => {});
    await assert.rejects(kubernetes.api.get('/silent', 50), /GET \/silent: no answer after 50 ms/);
  });

  it('orders faults at the pod’s fault endpoint, and takes a process that is gone as aborted', async () => {
    const faults = createFaultClient(kubernetes.api);
    const base = '/api/v1/namespaces/grpc-server/pods/p:9470/proxy';
    kubernetes.answer(`PUT ${base}/faults`, (response) => response.end('{}'));
    kubernetes.answer(`POST ${base}/abort`, (response) => reply(response, { status: 502, message: 'EOF' }));
    await faults.set('p', { delayMs: 5 });
    await faults.abort('p');
    assert.deepEqual(kubernetes.writes, [`PUT ${base}/faults`, `POST ${base}/abort`]);
    kubernetes.answer(`POST ${base}/abort`, (response) => reply(response, { status: 404, message: 'no such pod' }));
    await assert.rejects(faults.abort('p'), /no such pod/);
  });
});
