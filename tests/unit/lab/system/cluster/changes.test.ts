// Changes to the cluster, and their taking back: also by the next run, when the one that made them was killed.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createChanges } from '../../../../../lab/system/cluster/changes';
import { createConfigOverride } from '../../../../../lab/system/cluster/config-override';
import { createScaling } from '../../../../../lab/system/cluster/scaling';
import { labEnv, SERVER_ENV } from '../../../../../lab/system/cluster/server-env';
import { setServersName } from '../../../../../lab/system/cluster/servers-name';
import { takeBack } from '../../../../../lab/system/cluster/take-back';
import { type FakeKubernetes, startFakeKubernetes } from './fake-kubernetes';
import { deployObjects, ENVOY_CONFIG, ENVOY_DEPLOYMENT, SERVER_DEPLOYMENT, SERVER_HPA } from './sample-objects';

describe('changes of a cluster', () => {
  let kubernetes: FakeKubernetes;
  let asDeployed: string;
  const state = () => JSON.stringify([...kubernetes.objects].sort());
  beforeEach(async () => {
    kubernetes = await startFakeKubernetes();
    deployObjects(kubernetes);
    asDeployed = JSON.stringify(
      [...kubernetes.objects].sort().map(([at, object]) => [at, { ...object, metadata: withAnnotations(object) }]),
    );
  });
  afterEach(() => kubernetes.close());
  /** A restored object may keep an empty map where its note was. */
  const cleaned = () =>
    JSON.stringify(
      [...kubernetes.objects].sort().map(([at, object]) => [at, { ...object, metadata: withAnnotations(object) }]),
    );

  it('change the servers’ variables and restore exactly what was deployed', async () => {
    const changes = createChanges(kubernetes.api);
    assert.equal(await changes.change(SERVER_ENV, (env) => labEnv(env, { GRACE_MS: '1' })), true);
    assert.match(JSON.stringify(kubernetes.objects.get(SERVER_DEPLOYMENT)), /FAULT_PORT.*GRACE_MS/);
    assert.equal(await changes.restore(SERVER_ENV), true);
    assert.equal(cleaned(), asDeployed);
  });

  it('start from what was deployed each time, not from the change before', async () => {
    const changes = createChanges(kubernetes.api);
    await changes.change(SERVER_ENV, (env) => labEnv(env, { GRACE_MS: '1' }));
    await changes.change(SERVER_ENV, (env) => labEnv(env, { DRAIN_DELAY_MS: '2' }));
    assert.doesNotMatch(state(), /GRACE_MS/);
    // Another process, which knows nothing of this one.
    await createChanges(kubernetes.api).restore(SERVER_ENV);
    assert.equal(cleaned(), asDeployed);
  });

  it('write nothing when there is nothing to change or to restore', async () => {
    const changes = createChanges(kubernetes.api);
    assert.equal(await changes.change(SERVER_ENV, (env) => env), false);
    assert.equal(await changes.restore(SERVER_ENV), false);
    assert.deepEqual(kubernetes.writes, []);
  });

  it('count an object that was deleted in between as restored', async () => {
    const changes = createChanges(kubernetes.api);
    await changes.change(SERVER_ENV, (env) => labEnv(env, {}));
    kubernetes.objects.delete(SERVER_DEPLOYMENT);
    assert.equal(await changes.restore(SERVER_ENV), false);
  });

  it('fix the number of pods in the HPA and in the Deployment, and give it back', async () => {
    const scaling = createScaling(kubernetes.api, createChanges(kubernetes.api));
    await scaling.fix('grpc-server', 5);
    assert.deepEqual(kubernetes.objects.get(SERVER_HPA)?.spec, { minReplicas: 5, maxReplicas: 5 });
    assert.equal(await scaling.wanted('grpc-server'), 5);
    assert.deepEqual(await scaling.bounds('grpc-server'), { min: 3, max: 10 });
    await scaling.fix('grpc-server', 0);
    assert.equal(await scaling.wanted('grpc-server'), 0);
    // The API server refuses bounds of 0.
    assert.deepEqual(kubernetes.objects.get(SERVER_HPA)?.spec, { minReplicas: 5, maxReplicas: 5 });
    await scaling.release('grpc-server');
    assert.deepEqual(kubernetes.objects.get(SERVER_HPA)?.spec, { minReplicas: 3, maxReplicas: 10 });
  });

  it('take unready pods out of the servers’ name, and put them back, also after a run that was killed', async () => {
    const path = '/api/v1/namespaces/grpc-server/services/grpc-server-headless';
    const metadata = { name: 'grpc-server-headless', annotations: {} };
    kubernetes.objects.set(path, { metadata, spec: { clusterIP: 'None', publishNotReadyAddresses: true } });
    await setServersName(createChanges(kubernetes.api), true);
    assert.deepEqual(kubernetes.objects.get(path)?.spec, { clusterIP: 'None', publishNotReadyAddresses: false });
    await setServersName(createChanges(kubernetes.api), false);
    assert.deepEqual(kubernetes.objects.get(path)?.spec, { clusterIP: 'None', publishNotReadyAddresses: true });
    assert.equal(kubernetes.writes.length, 2);
    await setServersName(createChanges(kubernetes.api), false);
    assert.equal(kubernetes.writes.length, 2, 'nothing to undo');
  });

  it('scale where no HPA was deployed', async () => {
    kubernetes.objects.delete(SERVER_HPA);
    const scaling = createScaling(kubernetes.api, createChanges(kubernetes.api));
    await scaling.fix('grpc-server', 4);
    await scaling.release('grpc-server');
    assert.equal(await scaling.wanted('grpc-server'), 4);
    assert.equal(await scaling.bounds('grpc-server'), undefined);
  });

  it('give Envoys another file without touching the deployed one, and clean up', async () => {
    const changes = createChanges(kubernetes.api);
    const target = { namespace: 'envoy', deployment: 'envoy', file: 'envoy.yaml' };
    const override = createConfigOverride(kubernetes.api, changes, target);
    const deployed = JSON.stringify(kubernetes.objects.get(ENVOY_CONFIG));
    await override.use((text) => text.replace('ROUND_ROBIN', 'RANDOM'));
    const first = configName(kubernetes);
    assert.match(JSON.stringify(kubernetes.objects.get(`${ENVOY_CONFIG.replace('envoy-config', first)}`)), /RANDOM/);
    // From the deployed text, and with the file that was not changed.
    await override.use((text) => `${text}retries: none\n`);
    const second = kubernetes.objects.get(ENVOY_CONFIG.replace('envoy-config', configName(kubernetes)));
    assert.deepEqual(second?.data, {
      'envoy.yaml': 'policy: ROUND_ROBIN\nretries: none\n',
      'pre-stop.sh': 'exit\n',
    });
    assert.equal(JSON.stringify(kubernetes.objects.get(ENVOY_CONFIG)), deployed);
    // The same text again is the deployed file.
    assert.equal(await override.use((text) => text), true);
    assert.equal(configName(kubernetes), 'envoy-config');
  });

  it('name what they could not undo, after having tried everything', async () => {
    const taken: string[] = [];
    const steps = {
      loads: async () => Promise.reject(new Error('away')),
      settings: async () => void taken.push('settings'),
    };
    await assert.rejects(takeBack('mine', steps), /context mine: could not undo loads: away\. .*the next run/);
    assert.deepEqual(taken, ['settings']);
  });
});

function configName({ objects }: FakeKubernetes): string {
  const name = /"configMap":\{"name":"([^"]+)"/.exec(JSON.stringify(objects.get(ENVOY_DEPLOYMENT)?.spec))?.[1];
  assert.ok(name);
  return name;
}

function withAnnotations({ metadata }: Record<string, unknown>): object {
  return { annotations: {}, ...(metadata as object) };
}
