import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { createHealth, type Health } from '../../../server/health';

/** A Watch stream that remembers what it was told. */
class FakeWatch extends EventEmitter {
  readonly told: string[] = [];
  constructor(readonly request: { readonly service: string }) {
    super();
  }
  write({ status }: { status: string }) {
    this.told.push(status);
  }
}

function handlersOf(health: Health) {
  let handlers: UntypedServiceImplementation = {};
  health.addTo({
    addService(_definition, implementation) {
      handlers = implementation;
    },
  });
  return handlers as unknown as {
    watch(call: FakeWatch): void;
    check(call: unknown, callback: (error: unknown, reply?: { status: string }) => void): void;
  };
}

function watch(health: Health, service: string): FakeWatch {
  const call = new FakeWatch({ service });
  handlersOf(health).watch(call);
  return call;
}

function check(health: Health, service: string): string | undefined {
  let answer: string | undefined;
  handlersOf(health).check({ request: { service } }, (_error, reply) => {
    answer = reply?.status;
  });
  return answer;
}

describe('createHealth()', () => {
  it('serves under three names from the start', () => {
    const health = createHealth();
    const names = ['', 'greeter.v1.Greeter', 'liveness', 'other'];
    assert.deepEqual(
      names.map((name) => check(health, name)),
      ['SERVING', 'SERVING', 'SERVING', undefined],
    );
  });

  it('can stop serving and start again, while liveness never changes', () => {
    const health = createHealth();
    const readiness = watch(health, '');
    const liveness = watch(health, 'liveness');
    health.setServing(false);
    assert.deepEqual([check(health, 'greeter.v1.Greeter'), check(health, 'liveness')], ['NOT_SERVING', 'SERVING']);
    health.setServing(true);
    assert.deepEqual(readiness.told, ['SERVING', 'NOT_SERVING', 'SERVING']);
    assert.deepEqual(liveness.told, ['SERVING']);
  });

  it('keeps no state for a watcher of an unknown name', () => {
    const health = createHealth();
    const unknown = watch(health, 'invented');
    assert.deepEqual([unknown.told, unknown.eventNames()], [['SERVICE_UNKNOWN'], []]);
    assert.deepEqual(watch(health, '').eventNames(), ['cancelled']);
  });
});
