// Envoy from a Docker engine. No engine is needed: a small `docker` that understands exactly the commands that the stack
// gives runs the Envoy that was found, with nothing but what those commands pass on.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe } from 'node:test';
import { machineEnv } from '../../local/pods/pod-env';
import { readManifests } from '../../manifest-reader/manifests';
import { assertEvenSpread, findEnvoyOnce, itWithEnvoy, ROOT, startLoad, withStack } from './support/local-stack';

const NETWORK = '127.77.106';

/** `docker run`, `docker kill` and `docker rm`, for containers that are processes; every command is written down. */
const DOCKER = `#!/usr/bin/env bash
set -eu
state=$(dirname "$0")
echo "$*" >>"$state/commands"
verb=$1; shift
case $verb in
  run)
    environment=()
    while [[ $1 == --* ]]; do
      case $1 in
        --rm) shift; continue ;;
        --name) name=$2 ;;
        --env) environment+=("$2") ;;
        --volume) [[ -d \${2%%:*} && $2 == "\${2%%:*}:\${2%%:*}:ro" ]] || exit 125 ;;
        --network) [[ $2 == host ]] || exit 125 ;;
        --entrypoint) [[ $2 == envoy ]] || exit 125 ;;
        --user) ;;
        *) exit 125 ;;
      esac
      shift 2
    done
    shift
    echo $$ >"$state/$name.pid"
    exec env -i "\${environment[@]}" "$(cat "$state/envoy")" "$@" ;;
  kill) kill -s "\${2#SIG}" "$(cat "$state/$3.pid")" ;;
  rm) ;;
  *) exit 125 ;;
esac
`;

describe('Envoy in containers', () => {
  itWithEnvoy('carries calls, and the engine stops and kills it', async (context) => {
    const found = await findEnvoyOnce();
    if (!found.ok || found.envoy.kind !== 'binary') return context.skip('Envoy already runs as a container here');
    const directory = mkdtempSync(path.join(tmpdir(), 'docker-envoy-test-'));
    try {
      writeFileSync(path.join(directory, 'docker'), DOCKER, { mode: 0o755 });
      writeFileSync(path.join(directory, 'envoy'), found.envoy.path);
      const manifests = readManifests(ROOT);
      const { image } = manifests.envoy;
      const env = machineEnv({ ...process.env, PATH: `${directory}:${process.env.PATH}` });
      const envoy = { kind: 'docker', image, version: manifests.envoyVersion, from: 'a test' } as const;
      await withStack({ network: NETWORK, servers: 2, envoys: 2, envoy, machineEnv: env }, async (stack) => {
        const even = await startLoad(stack, { RATE: '100' });
        await even.next(200);
        assertEvenSpread(await even.stop(), 2, 2);
        const load = await startLoad(stack, { RATE: '100' });
        await load.next(50);
        await stack.envoys.kill('envoy-1');
        await stack.envoys.settled();
        assert.deepEqual(
          stack.envoys.pods().map((pod) => pod.name),
          ['envoy-2', 'envoy-3'],
        );
        await load.stop();
      });
      const commands = readFileSync(path.join(directory, 'commands'), 'utf8');
      assert.match(commands, /^kill --signal SIGKILL grpc-load-balancing-\w+-envoy-1$/m);
      assert.match(commands, new RegExp(`^run .* ${image} --config-path `, 'm'));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
