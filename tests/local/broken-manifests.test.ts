// The other side of the claims: when one of the settings that make them true is broken in a copy of the manifests, the
// check of spread.test.ts fails. This shows that these settings are what it tests.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { MANIFEST_FOLDERS, type Manifests, readManifests } from '../../manifest-reader/manifests';
import { runCommand } from './support/command-line';
import { assertEvenSpread, itWithEnvoy, ROOT, startLoad, withStack } from './support/local-stack';

const NETWORK = '127.77.104';
const ENVOY_CONFIG = 'envoy_proxy_k8s/configmap.yaml';

type Edit = readonly [file: string, from: string | RegExp, to: string];

/** Gives `body` a copy of the manifests with one edit. */
async function withEdited([file, from, to]: Edit, body: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'broken-manifests-'));
  try {
    for (const folder of MANIFEST_FOLDERS)
      cpSync(path.join(ROOT, folder), path.join(root, folder), { recursive: true });
    const text = readFileSync(path.join(root, file), 'utf8');
    const edited = text.replace(from, to);
    assert.notEqual(edited, text, `${file} has no ${from}`);
    writeFileSync(path.join(root, file), edited);
    await body(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A busy machine is not to fail a call; where no call is answered, the test is not to wait for 600 of these. */
const [PATIENT_MS, HOPELESS_MS] = ['30000', '1500'] as const;

/** The check of spread.test.ts, in short. `random` orders the records of DNS answers. */
async function checkSpread(
  manifests: Manifests,
  { random = Math.random, deadlineMs = PATIENT_MS }: { random?: () => number; deadlineMs?: string } = {},
): Promise<void> {
  await withStack({ network: NETWORK, servers: 3, envoys: 2, manifests, random }, async (stack) => {
    const load = await startLoad(stack, { RATE: '200', DEADLINE_MS: deadlineMs });
    await load.next(600);
    assertEvenSpread(await load.stop(), 3, 2);
  });
}

describe('the spread of calls', () => {
  itWithEnvoy('is even by the manifests as they are', () => checkSpread(readManifests(ROOT)));

  for (const [what, edit, message] of [
    ['another policy', [ENVOY_CONFIG, 'lb_policy: ROUND_ROBIN', 'lb_policy: RANDOM'], /pods differ by/],
    [
      'another headless name',
      [ENVOY_CONFIG, 'address: grpc-server-headless.grpc-server', 'address: grpc-servers-headless.grpc-server'],
      /calls failed/,
    ],
    [
      'the name of the Service with a virtual address',
      [ENVOY_CONFIG, 'address: grpc-server-headless.grpc-server', 'address: grpc-server.grpc-server'],
      /pods differ by|pods that answered/,
    ],
    ['another port', [ENVOY_CONFIG, 'port_value: 50051', 'port_value: 50052'], /calls failed/],
    [
      'no HTTP/2 towards the servers',
      [ENVOY_CONFIG, /explicit_http_config:[\s\S]*?\n\n/, 'explicit_http_config: { http_protocol_options: {} }\n\n'],
      /must support HTTP\/2|calls failed/,
    ],
    [
      'a headless Service of another name',
      ['grpc_server_k8s/service-headless.yaml', 'name: grpc-server-headless', 'name: grpc-server-pods'],
      /calls failed/,
    ],
    [
      'a client that stays with one Envoy',
      ['grpc_client_k8s/configmap.yaml', 'LB_POLICY: round_robin', 'LB_POLICY: pick_first'],
      /Envoys that carried calls/,
    ],
  ] as const) {
    itWithEnvoy(`is not with ${what}`, () =>
      // A virtual address stands for one server, drawn at each query: now and then the draws come out even.
      withEdited(edit, (root) =>
        assert.rejects(
          checkSpread(readManifests(root), {
            random: () => 0,
            deadlineMs: message.source.includes('calls failed') ? HOPELESS_MS : PATIENT_MS,
          }),
          message,
        ),
      ),
    );
  }
});

describe('the command line of the local stack', () => {
  for (const [what, edit, reason] of [
    [
      'Envoy calls another port',
      [ENVOY_CONFIG, 'port_value: 50051', 'port_value: 50052'],
      /^==> \[envoy-\d\] 0 of 3 servers healthy, calls go to all of them \(panic\); .* a wrong port, .*$/m,
    ],
    [
      'Envoy asks for another name',
      [ENVOY_CONFIG, 'address: grpc-server-headless.grpc-server', 'address: grpc-servers-headless.grpc-server'],
      /^==> \[envoy-\d\] no addresses behind the name of the servers: every call fails$/m,
    ],
  ] as const) {
    itWithEnvoy(`exits 1 when no call was answered, and gives the reason that Envoy does not give: ${what}`, () =>
      withEdited(edit, async (MANIFESTS_ROOT) => {
        const { code, stdout, stderr } = await runCommand(['--network', NETWORK, '--for', '2s'], { MANIFESTS_ROOT });
        assert.equal(code, 1);
        assert.match(stdout, reason);
        assert.match(stderr, /local stack: no call was answered\n$/);
      }),
    );
  }

  itWithEnvoy('exits 1 with Envoy’s message when Envoy refuses its configuration', () =>
    withEdited([ENVOY_CONFIG, 'lb_policy: ROUND_ROBIN', 'lb_policy: ROUND_ROBBIN'], async (MANIFESTS_ROOT) => {
      const { code, stderr } = await runCommand(['--network', NETWORK, '--for', '1s'], { MANIFESTS_ROOT });
      assert.equal(code, 1);
      assert.match(stderr, /local stack: envoy-\d on 127\.77\.104\.\d did not start: exit code 1\n[\s\S]*ROUND_ROBBIN/);
    }),
  );

  itWithEnvoy('exits 1 with the server’s message when a server refuses its settings', () =>
    withEdited(['grpc_server_k8s/deployment.yaml', 'value: info', 'value: loud'], async (MANIFESTS_ROOT) => {
      const { code, stderr } = await runCommand(['--network', NETWORK, '--for', '1s'], { MANIFESTS_ROOT });
      assert.equal(code, 1);
      assert.match(stderr, /grpc-server-\d on [\d.]+ did not start: exit code 2\n.*LOG_LEVEL: expected /);
    }),
  );

  it('exits 2 and names the place when a manifest is not as expected', () =>
    withEdited(['grpc_server_k8s/deployment.yaml', 'kind: Deployment', 'kind: StatefulSet'], async (MANIFESTS_ROOT) => {
      const { code, stderr } = await runCommand(['--network', NETWORK, '--for', '1s'], { MANIFESTS_ROOT });
      assert.equal(code, 2);
      assert.match(stderr, /^local stack: .*expected one Deployment named grpc-server, got 0\n$/);
    }));

  it('exits 2 and names every value that the API server would refuse', () =>
    withEdited(['grpc_server_k8s/deployment.yaml', /value: "(\d+)"/g, 'value: $1'], async (MANIFESTS_ROOT) => {
      const { code, stderr } = await runCommand(['--network', NETWORK, '--for', '1s'], { MANIFESTS_ROOT });
      assert.equal(code, 2);
      const refused = stderr.match(
        /^local stack: grpc_server_k8s\/deployment\.yaml: .*\.env\[\d\]\.value: expected text, in quotes, got \d+$/gm,
      );
      assert.ok((refused?.length ?? 0) > 1 && refused?.length === stderr.trimEnd().split('\n').length, stderr);
    }));
});
