// The shipped envoy.yaml in the real Envoy: that it is taken without a warning, and that the settings which only Envoy
// can judge do what their comments in the ConfigMap say. How calls are spread and saved is the lab's business.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { createRunCommand } from '../../command-line/run-command';
import type { GreeterHandlers } from '../../proto/generated/greeter/v1/Greeter';
import { Greeter } from '../../proto/load';
import { waitFor } from '../support/condition';
import { envoyConfigText } from '../support/envoy-config';
import {
  type GreeterPod,
  httpRequest,
  lookForEnvoy,
  type OneEnvoy,
  startOneEnvoy,
  statistics,
} from './support/one-envoy';

const NETWORK = '127.77.41';

describe('envoy.yaml in the real Envoy', async () => {
  const found = await lookForEnvoy();
  const skip = 'reason' in found ? found.reason : false;

  const needsBinary = 'envoy' in found && found.envoy.kind === 'docker' && 'Envoy is a container here, not a program';
  it('is valid, without a warning', { skip: skip || needsBinary }, async () => {
    if ('reason' in found || found.envoy.kind !== 'binary') return assert.fail('no program to ask');
    const folder = await mkdtemp(path.join(tmpdir(), 'envoy-config-'));
    try {
      const file = path.join(folder, 'envoy.yaml');
      await writeFile(file, envoyConfigText());
      const run = createRunCommand({ ...process.env, POD_NAME: 'envoy-1' });
      const result = await run(found.envoy.path, ['--mode', 'validate', '--config-path', file], { timeoutMs: 30_000 });
      assert.equal(result.code, 0, result.stderr);
      assert.match(result.stdout, /OK\n$/);
      assert.doesNotMatch(result.stderr, /\[(warning|error|critical)\]|deprecated/i);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  describe('while it runs', { skip }, () => {
    let envoy: OneEnvoy;
    let client: InstanceType<typeof Greeter>;
    const pods: GreeterPod[] = [];
    const seen: Metadata[] = [];
    const answered: string[] = [];

    const greeter = (pod: string): GreeterHandlers => ({
      SayHello: ({ request, metadata }, callback) => {
        seen.push(metadata);
        answered.push(pod);
        const isRefused = request.name === 'refuse me once' && answered.length === 1;
        if (isRefused) return callback({ code: status.UNAVAILABLE, details: 'not now' });
        if (request.name === 'never') return;
        callback(null, { message: `Hello, ${request.name}!`, pod });
      },
      Chat: (stream) => {
        stream.on('data', () => stream.write({ message: 'Hello!', pod }));
        stream.on('end', () => stream.end());
      },
    });

    before(async () => {
      if ('reason' in found) return;
      envoy = await startOneEnvoy(found.envoy, NETWORK, { PRE_STOP_LEAST_SECONDS: '1' });
      pods.push(await envoy.addPod(greeter('grpc-server-1')), await envoy.addPod(greeter('grpc-server-2')));
      client = new Greeter(envoy.target, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
    });
    after(async () => {
      client?.close();
      await envoy?.close();
    });

    const sayHello = (name: string, headers: Record<string, string> = {}, deadlineMs = 10_000) =>
      new Promise<{ error: ServiceError | null; pod: string | undefined; headers: Metadata }>((resolve) => {
        const metadata = new Metadata();
        for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
        let received = new Metadata();
        const call = client.SayHello({ name }, metadata, { deadline: Date.now() + deadlineMs }, (error, reply) =>
          resolve({ error, pod: reply?.pod, headers: received }),
        );
        call.on('metadata', (headers_) => {
          received = headers_;
        });
      });

    it('takes turns: two pods get every second call', async () => {
      const names: (string | undefined)[] = [];
      for (let call = 0; call < 10; call += 1) names.push((await sayHello('turns')).pod);
      assert.deepEqual(
        names,
        names.map((_, call) => names[call % 2]),
      );
      assert.equal(new Set(names).size, 2);
    });

    it('names in every reply the Envoy and the number of attempts', async () => {
      answered.length = 0;
      const first = await sayHello('refuse me once');
      assert.equal(first.error, null);
      assert.deepEqual(first.headers.get('x-envoy-pod'), ['envoy-1']);
      assert.deepEqual(first.headers.get('x-envoy-attempt-count'), ['2']);
      assert.equal(new Set(answered).size, 2, 'the second attempt went to the other pod');
      const second = await sayHello('plain');
      assert.deepEqual(second.headers.get('x-envoy-attempt-count'), ['1']);
    });

    it('sends no internal headers, and ignores a client’s control headers', async () => {
      const reply = await sayHello('spoof', {
        'x-envoy-upstream-rq-timeout-ms': '1',
        'x-envoy-max-retries': '100',
        'x-envoy-attempt-count': '9',
        'x-forwarded-for': '192.0.2.1',
        'l5d-dst-override': 'elsewhere.example:80',
      });
      assert.equal(reply.error, null);
      const names = ['x-envoy-upstream-rq-timeout-ms', 'x-envoy-max-retries', 'x-forwarded-for', 'l5d-dst-override'];
      for (const name of names) assert.deepEqual(seen.at(-1)?.get(name), [], name);
      assert.deepEqual(seen.at(-1)?.get('x-envoy-attempt-count'), ['1']);
      assert.deepEqual(
        Object.keys(reply.headers.getMap())
          .filter((name) => name.startsWith('x-envoy'))
          .sort(),
        ['x-envoy-attempt-count', 'x-envoy-pod'],
      );
    });

    it('routes only the greeter: health and reflection of the pods are not reachable', async () => {
      const outside = new (class extends Greeter {
        check(reply: (error: ServiceError | null) => void) {
          const same = (bytes: Buffer) => bytes;
          this.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, Buffer.alloc(0), reply);
        }
      })(envoy.target, credentials.createInsecure());
      const error = await new Promise<ServiceError | null>((resolve) => outside.check(resolve));
      outside.close();
      assert.equal(error?.code, status.UNIMPLEMENTED);
    });

    it('ends a call after 10 s when the caller sets no shorter deadline', async () => {
      const began = Date.now();
      const { error } = await sayHello('never', {}, 60_000);
      assert.equal(error?.code, status.DEADLINE_EXCEEDED);
      assert.ok(Date.now() - began > 9000 && Date.now() - began < 50_000, `${Date.now() - began} ms`);
    });

    const isHealthy = (count: number) => async () => {
      const line = `envoy_cluster_membership_healthy{envoy_cluster_name="greeter"} ${count}\n`;
      return (await statistics(envoy.host)).includes(line) || undefined;
    };

    it('removes a pod at once when it says NOT_SERVING', async () => {
      const began = Date.now();
      pods[0]?.setServing(false);
      await waitFor('Envoy notices', 60_000, isHealthy(1), 20);
      assert.ok(Date.now() - began < 1500, `${Date.now() - began} ms`);
      for (let call = 0; call < 4; call += 1) assert.equal((await sayHello('health')).pod, 'grpc-server-2');
    });

    it('tries every pod when no pod says SERVING', async () => {
      pods[1]?.setServing(false);
      await waitFor('Envoy notices', 60_000, isHealthy(0), 20);
      const replies = [await sayHello('panic'), await sayHello('panic')];
      assert.deepEqual(
        replies.map(({ error }) => error),
        [null, null],
      );
      for (const pod of pods) pod.setServing(true);
      await waitFor('Envoy uses them again', 60_000, isHealthy(2), 20);
    });

    const REFUSED = [
      ['GET', '/stats/prometheus?filter=.*', 404],
      ['POST', '/stats/prometheus', 404],
      ['POST', '/quitquitquit', 404],
      ['GET', '/config_dump', 404],
      ['POST', '/stats/prometheus/../../quitquitquit', 404],
      ['GET', '/stats%2fprometheus', 404],
      ['GET', '/', 404],
    ] as const;
    for (const [method, target, expected] of REFUSED) {
      it(`shows its statistics and nothing else: ${method} ${target} is ${expected}`, async () => {
        assert.equal((await httpRequest(envoy.host, target, { method })).status, expected);
        assert.equal((await httpRequest(envoy.host, '/stats/prometheus')).status, 200);
      });
    }

    it('has an admin endpoint that cannot stop it or show its configuration', async () => {
      for (const target of ['/quitquitquit', '/config_dump', '/logging?level=trace', '/runtime_modify']) {
        const { status: code } = await httpRequest(envoy.host, target, { method: 'POST', port: 9901 });
        assert.equal(code, 403, target);
      }
    });

    it('refuses HTTP/1.1 on the port for calls', async () => {
      const socket = connect(8443, envoy.host);
      const text = await new Promise<string>((resolve, reject) => {
        let received = '';
        socket.on('data', (bytes) => {
          received += bytes.toString('latin1');
        });
        socket.on('close', () => resolve(received));
        socket.on('error', reject);
        socket.write('GET /greeter.v1.Greeter/SayHello HTTP/1.1\r\nHost: x\r\n\r\n');
      });
      assert.doesNotMatch(text, /HTTP\/1/);
    });

    // Last: after these Envoy takes no more calls.
    it('drains in preStop: is unready at once, asks clients to leave, answers calls throughout', async () => {
      const hook = envoy.preStop();
      const isUnready = async () => (await httpRequest(envoy.host, '/ready')).status === 503 || undefined;
      await waitFor('readiness says no', 60_000, isUnready, 20);
      const until = Date.now() + 3000;
      while (Date.now() < until) assert.equal((await sayHello('while draining')).error, null);
      client.close();
      assert.equal((await hook).error, undefined);
      assert.match(
        await statistics(envoy.host),
        /envoy_listener_downstream_cx_active\{envoy_listener_address="grpc"\} 0\n/,
      );
    });

    it('reports when preStop could not drain', async () => {
      envoy.process.signal('SIGKILL');
      await envoy.process.exited;
      const { error } = await envoy.preStop();
      assert.match(error?.message ?? '', /preStop: FAILED \/healthcheck\/fail/);
    });
  });
});
