import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { EnvoyChange } from '../../../local/envoy/envoy-config';
import { createPageModel, type PageModel } from '../../../local/page/page-model';
import { createPageControls, type PageControls } from '../../../local/page-controls';
import type { Deployment } from '../../../local/pods/deployment';
import type { Pod, PodState } from '../../../local/pods/pod';
import type { ServerFaults } from '../../../local/server-faults';

describe('createPageControls()', () => {
  let nowMs: number;
  let done: string[];
  let model: PageModel;
  let controls: PageControls;
  let replicas: number;
  let whyNoFault: string | undefined;
  let finishRoll: () => void;
  let failure: Error | undefined;

  const change = (pod: string, state: PodState) =>
    model.onPod({ atMs: nowMs, pod, address: '127.0.0.1', state, detail: undefined });
  const call = (pod: string, via: string, attempts = 1) =>
    model.onCall('envoy', { seq: 1, intendedMs: nowMs, sentMs: nowMs, latencyMs: 0, code: 'OK', pod, via, attempts });
  const arrive = (pod: string, tier: 'server' | 'envoy' = 'server') => {
    change(pod, 'starting');
    nowMs += 500;
    change(pod, 'ready');
    nowMs += 1000;
    if (tier === 'server') call(pod, 'envoy-1');
    else call('grpc-server-1', pod);
  };
  const settle = (): string => {
    model.outcomes.check();
    nowMs += 6000;
    model.outcomes.check();
    return (
      model.outcomes
        .all()
        .map(({ text, result }) => `${text}: ${result}`)
        .at(-1) ?? ''
    );
  };

  function deployment(name: string, pods: readonly string[]): Deployment {
    const act = async (what: string) => {
      done.push(`${name} ${what}`);
      if (failure) throw failure;
    };
    return {
      name,
      get replicas() {
        return name === 'envoy' ? 2 : replicas;
      },
      pods: () => pods.map((each) => ({ name: each, state: 'ready' }) as Pod),
      scale: (count: number) => act(`scale ${count}`),
      kill: (pod: string) => act(`kill ${pod}`),
      roll: async () => {
        await act('roll');
        await new Promise<void>((resolve) => {
          finishRoll = resolve;
        });
      },
    } as unknown as Deployment;
  }

  beforeEach(() => {
    nowMs = 1_000_000;
    done = [];
    replicas = 3;
    whyNoFault = undefined;
    failure = undefined;
    model = createPageModel({ serverDeployment: 'grpc-server', inDnsFromStart: true, now: () => nowMs });
    for (const pod of ['grpc-server-1', 'envoy-1', 'envoy-2']) change(pod, 'ready');
    let changes: readonly EnvoyChange[] = [];
    controls = createPageControls({
      stack: {
        manifests: { serverCluster: { name: 'greeter' } as never },
        servers: deployment('grpc-server', ['grpc-server-1']),
        envoys: deployment('envoy', ['envoy-1', 'envoy-2']),
        get envoyChanges() {
          return changes;
        },
        setEnvoyChanges: (next) => {
          changes = next;
          done.push(next.map(({ description }) => description).join());
        },
      },
      faults: {
        whyNot: () => whyNoFault,
        has: () => false,
        describe: () => undefined,
        toggle: async (fault, pod) => Boolean(done.push(`${fault} ${pod}`)),
      } satisfies ServerFaults,
      model,
      policy: 'ROUND_ROBIN',
      ratePerSecond: 50,
      setRate: async (rate) => void done.push(`rate ${rate}`),
      end: () => done.push('end'),
    });
  });

  it('scales up, and tells when the new server had its first call', () => {
    assert.equal(controls.obey({ name: 'scale', by: 1 }), undefined);
    arrive('grpc-server-2');
    assert.deepEqual(done, ['grpc-server scale 4']);
    assert.equal(
      settle(),
      'scaled from 3 to 4 servers: grpc-server-2 was ready after 0.5 s, first call after 1.5 s; 0 calls asked again, 0 lost',
    );
  });

  it('scales down, and tells when the server was gone', () => {
    controls.obey({ name: 'scale', by: -1 });
    nowMs += 10_000;
    change('grpc-server-1', 'gone');
    assert.match(
      settle(),
      /^scaled from 3 to 2 servers: grpc-server-1 served what it had and was gone after 10\.0 s; /,
    );
  });

  it('keeps the last server, and as many as there can be', () => {
    replicas = 1;
    assert.equal(controls.obey({ name: 'scale', by: -1 }), 'the last server stays');
    assert.deepEqual(controls.standing().cannot, { down: 'the last server stays' });
    replicas = 50;
    assert.equal(controls.obey({ name: 'scale', by: 1 }), 'there are no more than 50 servers');
    assert.deepEqual(done, []);
  });

  it('kills, and tells what it cost', () => {
    assert.equal(controls.obey({ name: 'kill', pod: 'grpc-server-9' }), 'grpc-server-9 is gone');
    controls.obey({ name: 'kill', pod: 'grpc-server-1' });
    call('grpc-server-1', 'envoy-1', 2);
    arrive('grpc-server-2');
    assert.deepEqual(done, ['grpc-server kill grpc-server-1']);
    assert.match(
      settle(),
      /^grpc-server-1 killed \(SIGKILL\): its replacement grpc-server-2 was .*; 1 call asked again, 0 lost$/,
    );
    assert.equal(model.frame(controls.standing(), true).marks.filter(({ kind }) => kind === 'done').length, 1);
  });

  it('passes faults on, and is over when no Envoy sends calls there', () => {
    whyNoFault = 'it is draining';
    assert.equal(controls.obey({ name: 'hang', pod: 'grpc-server-1' }), 'it is draining');
    assert.deepEqual(controls.standing().cannotOf('grpc-server-1'), {
      hang: 'it is draining',
      slow: 'it is draining',
      'not-serving': 'it is draining',
    });
    whyNoFault = undefined;
    controls.obey({ name: 'hang', pod: 'grpc-server-1' });
    assert.match(settle(), /: undefined$/);
    const out = { inFlight: 0, attempts: 0, failedAttempts: 0, flags: ['failed_active_hc'] };
    for (const envoy of ['envoy-1', 'envoy-2']) model.onHosts(envoy, new Map([['grpc-server-1', out]]));
    assert.match(settle(), /^grpc-server-1 hangs \(SIGSTOP\): no Envoy sends it calls after 6\.0 s; /);
  });

  it('replaces all servers, or all Envoys for a policy, one at a time', async () => {
    controls.obey({ name: 'policy', policy: 'RANDOM' });
    assert.equal(controls.obey({ name: 'roll' }), 'Envoys are being replaced: wait until that is over');
    await new Promise((resolve) => setImmediate(resolve));
    for (const envoy of ['envoy-3', 'envoy-4']) arrive(envoy, 'envoy');
    assert.match(settle(), /: undefined$/);
    finishRoll();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(done, ['calls are balanced by RANDOM', 'envoy roll']);
    assert.match(settle(), /^policy RANDOM: .*: all 2 Envoys replaced in 9\.0 s, each new one has calls; /);
    assert.equal(controls.standing().policy, 'RANDOM');
    assert.equal(controls.obey({ name: 'roll' }), undefined);
  });

  it('changes the rate, and ends', async () => {
    controls.obey({ name: 'rate', perSecond: 100 });
    assert.match(controls.obey({ name: 'rate', perSecond: 200 }) ?? '', /the rate is changing/);
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(settle(), /^rate changed from 50 to 100 calls\/s: new clients call after 0\.0 s; /);
    controls.obey({ name: 'end' });
    assert.deepEqual(done, ['rate 100', 'end']);
  });

  it('says what failed', async () => {
    failure = new Error('grpc-server-2 did not start: exit code 1\n  more');
    controls.obey({ name: 'scale', by: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(settle(), 'scaled from 3 to 4 servers: failed: grpc-server-2 did not start: exit code 1');
  });
});
