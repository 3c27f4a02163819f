// Every environment variable that a manifest sets is one that the program knows, and its value is one that it takes:
// the program's own reader says so.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLIENT_SETTINGS, loadClientConfig } from '../../client/config';
import type { Settings } from '../../runtime/env';
import { loadServerConfig, SERVER_SETTINGS } from '../../server/config';
import { all, containerOf, meshClientConfig, one } from '../support/read-manifests';

const namesOf = (settings: Settings) => Object.values(settings).map(({ name }) => name);

describe('the settings in the manifests', () => {
  it('of grpc-server are known to it, and valid', () => {
    const variables = containerOf(one('Deployment', 'grpc-server', 'grpc-server')).env ?? [];
    const unknown = variables.map(({ name }) => name).filter((name) => !namesOf(SERVER_SETTINGS).includes(name));
    assert.deepEqual(unknown, []);
    const env = Object.fromEntries(variables.map(({ name, value }) => [name, value ?? 'grpc-server-1']));
    assert.doesNotThrow(() => loadServerConfig(env));
  });

  for (const [where, data] of [
    ['without a mesh', one('ConfigMap', 'grpc-client', 'grpc-client-config').data],
    ['with one', meshClientConfig().data],
  ] as const) {
    it(`of grpc-client ${where} are known to it, and valid`, () => {
      assert.deepEqual(
        Object.keys(data).filter((name) => !namesOf(CLIENT_SETTINGS).includes(name)),
        [],
      );
      assert.equal(loadClientConfig({ POD_NAME: 'grpc-client-1', ...data }).intervalMs, 5000);
    });
  }

  it('give every pod of the project its name', () => {
    for (const name of ['grpc-server', 'grpc-client', 'envoy']) {
      const [deployment] = all('Deployment').filter(({ metadata }) => metadata.name === name);
      assert.ok(deployment);
      const podName = containerOf(deployment).env?.find((variable) => variable.name === 'POD_NAME');
      assert.deepEqual(podName?.valueFrom, { fieldRef: { fieldPath: 'metadata.name' } }, name);
    }
  });
});
