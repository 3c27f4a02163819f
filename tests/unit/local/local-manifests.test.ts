import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Machine } from '../../../command-line/machine';
import { envoyChangesFor, isShipped, readLocalManifests } from '../../../local/local-manifests';
import { type LocalOptions, parseOptions } from '../../../local/options';
import { ManifestError } from '../../../manifest-reader/fields';
import { withOwnManifests } from '../../support/own-manifests';
import { ROOT } from '../../support/read-manifests';

const machine = (env: NodeJS.ProcessEnv = {}): Machine => ({
  env,
  platform: 'linux',
  pid: 1,
  nodePath: 'node',
  root: ROOT,
  isAlive: () => true,
});

function options(...args: string[]): LocalOptions {
  const parsed = parseOptions(args);
  assert.ok(parsed.kind === 'run');
  return parsed.options;
}

const OWN = ['--server', 'orders', '--client', 'shop'] as const;

describe('readLocalManifests()', () => {
  it('reads the project’s, the folder of MANIFESTS_ROOT, or that of --manifests', async () => {
    assert.equal(readLocalManifests(options(), machine()).server.deployment, 'grpc-server');
    await withOwnManifests({}, (root) => {
      const byVariable = readLocalManifests(options(...OWN), machine({ MANIFESTS_ROOT: root }));
      const byOption = readLocalManifests(
        options(...OWN, '--manifests', root),
        machine({ MANIFESTS_ROOT: '/nowhere' }),
      );
      assert.deepEqual(byVariable, byOption);
      assert.equal(byOption.server.deployment, 'orders-v7');
    });
  });

  it('names all of envoy.yaml that cannot be played, before anything starts', () =>
    withOwnManifests(
      {
        envoyEdits: [
          ['address: { socket_address: { address: 127.0.0.1,', 'address: { socket_address: { address: 0.0.0.0,'],
          ['name: envoy.network.dns_resolver.cares', 'name: envoy.network.dns_resolver.getaddrinfo'],
          ['lb_policy: ROUND_ROBIN', 'lb_policy_is: ROUND_ROBIN'],
        ],
      },
      (root) => {
        const asked = options(...OWN, '--manifests', root, '--policy', 'RANDOM');
        assert.throws(
          () => readLocalManifests(asked, machine()),
          (thrown: unknown) => {
            assert.ok(thrown instanceof ManifestError);
            const places = thrown.problems.map(
              (problem) => /^proxy\/configmap\.yaml: envoy\.yaml: (\S+): /.exec(problem)?.[1],
            );
            assert.deepEqual(places, [
              'admin.address.socket_address.address',
              'static_resources.clusters[0].cluster_type.typed_config.typed_dns_resolver_config.name',
              'static_resources.clusters[0].lb_policy',
            ]);
            return true;
          },
        );
      },
    ));
});

describe('envoyChangesFor()', () => {
  const manifests = readLocalManifests(options(), machine());
  const changes = (asked: LocalOptions, env = {}) =>
    envoyChangesFor(asked, manifests, env).map(({ description }) => description.replace(/ .*/, ''));

  it('opens the shipped configuration for a server that is not the greeter, and no other configuration', () => {
    assert.deepEqual(changes(options(...OWN)), ['every']);
    assert.deepEqual(changes(options('--client', 'shop')), []);
    assert.deepEqual(changes(options(...OWN, '--manifests', '.')), []);
    assert.deepEqual(changes(options(...OWN), { MANIFESTS_ROOT: '.' }), []);
    assert.deepEqual([isShipped(options(), {}), isShipped(options('--manifests', '.'), {})], [true, false]);
  });
});
