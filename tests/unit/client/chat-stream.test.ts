import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { type ClientDuplexStream, Metadata, status } from '@grpc/grpc-js';
import { ChatStream, type StreamEnd } from '../../../client/chat-stream';
import type { Outcome, StreamPlace } from '../../../client/outcome';
import type { HelloReply__Output } from '../../../proto/generated/greeter/v1/HelloReply';
import type { HelloRequest } from '../../../proto/generated/greeter/v1/HelloRequest';
import { FakeClock, settle } from './fake-clock';

class FakeCall extends EventEmitter {
  written = 0;
  isCancelled = false;
  hasEnded = false;

  write(): void {
    this.written += 1;
  }

  end(): void {
    this.hasEnded = true;
  }

  cancel(): void {
    this.isCancelled = true;
  }

  answer(pod: string): void {
    this.emit('data', { message: 'hi', pod });
  }

  break(code: status, details = ''): void {
    this.emit('status', { code, details, metadata: new Metadata() });
  }
}

class Bench {
  readonly clock = new FakeClock();
  readonly calls: FakeCall[] = [];
  readonly ends: StreamEnd[] = [];
  readonly outcomes: Array<Outcome & StreamPlace> = [];
  readonly stream: ChatStream;

  constructor({ retries = true } = {}) {
    this.stream = new ChatStream({
      stream: 3,
      request: { name: 'world', client: 'me' },
      deadlineMs: 1000,
      retries,
      clock: this.clock,
      open: () => {
        const call = new FakeCall();
        this.calls.push(call);
        return call as unknown as ClientDuplexStream<HelloRequest, HelloReply__Output>;
      },
      onEnd: (end) => this.ends.push(end),
    });
  }

  ask(): void {
    void this.stream.ask().then((outcome) => this.outcomes.push(outcome));
  }

  get call(): FakeCall {
    return this.calls.at(-1) as FakeCall;
  }

  async codes(): Promise<string[]> {
    await settle();
    return this.outcomes.map(({ code }) => code);
  }
}

describe('ChatStream', () => {
  it('is opened by its first message and takes answers in their order', async () => {
    const bench = new Bench();
    assert.equal(bench.calls.length, 0);
    bench.ask();
    await bench.clock.advance(10);
    bench.ask();
    assert.deepEqual([bench.calls.length, bench.call.written], [1, 2]);
    const headers = new Metadata();
    headers.set('x-envoy-pod', 'envoy-1');
    bench.call.emit('metadata', headers);
    bench.call.answer('a');
    await bench.clock.advance(5);
    bench.call.answer('a');
    await settle();
    const common = { code: 'OK', text: 'hi', pod: 'a', via: 'envoy-1', attempts: 1, stream: 3, opening: 1 };
    assert.deepEqual(bench.outcomes, [
      { ...common, latencyMs: 10 },
      { ...common, latencyMs: 5 },
    ]);
  });

  it('sends again on a new stream what the old one did not answer', async () => {
    const bench = new Bench();
    for (let i = 0; i < 3; i++) bench.ask();
    bench.call.answer('a');
    bench.call.break(status.UNAVAILABLE, 'Connection dropped');
    assert.deepEqual(bench.ends, [
      { stream: 3, opening: 1, code: 'UNAVAILABLE', detail: 'Connection dropped', unanswered: 2 },
    ]);
    await bench.clock.advance(25);
    assert.deepEqual([bench.calls.length, bench.call.written], [2, 2]);
    bench.call.answer('b');
    bench.call.answer('b');
    await settle();
    assert.deepEqual(
      bench.outcomes.map(({ code, pod, attempts, opening }) => [code, pod, attempts, opening]),
      [
        ['OK', 'a', 1, 1],
        ['OK', 'b', 2, 2],
        ['OK', 'b', 2, 2],
      ],
    );
  });

  it('sends a message that comes between two streams on the new one', async () => {
    const bench = new Bench();
    bench.ask();
    bench.call.break(status.UNAVAILABLE);
    bench.ask();
    assert.equal(bench.calls.length, 1);
    await bench.clock.advance(25);
    assert.deepEqual([bench.calls.length, bench.call.written], [2, 2]);
  });

  it('is opened again after a clean end too, with nothing to ask', async () => {
    const bench = new Bench();
    bench.ask();
    bench.call.answer('a');
    bench.call.break(status.OK);
    await bench.clock.advance(25);
    assert.deepEqual([bench.calls.length, bench.call.written], [2, 0]);
  });

  it('waits longer each time it breaks with no answer between', async () => {
    const bench = new Bench();
    bench.ask();
    for (let ms = 0; ms < 100; ms += 5) {
      bench.call.break(status.UNAVAILABLE);
      await bench.clock.advance(5);
    }
    // Back-offs of at least 12.5, 25, 50 and 100 ms leave room for four; without growth there would be six or more.
    assert.ok(bench.calls.length <= 4, `${bench.calls.length} streams`);
  });

  it('drops a stream that does not answer by the deadline, and ignores its later answers', async () => {
    const bench = new Bench();
    bench.ask();
    await bench.clock.advance(600);
    bench.ask();
    await bench.clock.advance(400);
    assert.deepEqual(await bench.codes(), ['DEADLINE_EXCEEDED']);
    const [hung] = bench.calls as [FakeCall];
    assert.equal(hung.isCancelled, true);
    hung.answer('too late');
    hung.break(status.CANCELLED, 'Cancelled on client');
    assert.deepEqual(await bench.codes(), ['DEADLINE_EXCEEDED']);
    await bench.clock.advance(25);
    assert.deepEqual([bench.calls.length, bench.call.written, bench.ends.length], [2, 1, 1]);
    bench.call.answer('b');
    await settle();
    assert.deepEqual(
      bench.outcomes.map(({ pod, attempts }) => [pod, attempts]),
      [
        ['', 1],
        ['b', 2],
      ],
    );
  });

  it('fails messages without an answer when it may not send them again', async () => {
    const bench = new Bench({ retries: false });
    bench.ask();
    bench.ask();
    bench.call.break(status.UNAVAILABLE);
    assert.deepEqual(await bench.codes(), ['UNAVAILABLE', 'UNAVAILABLE']);
    await bench.clock.advance(25);
    assert.equal(bench.call.written, 0);
    bench.ask();
    bench.call.break(status.INTERNAL, 'Received RST_STREAM with code 0');
    assert.deepEqual((await bench.codes()).slice(2), ['INTERNAL']);
  });

  it('sends again what the server left at the end of a stream, also when it may send nothing twice', async () => {
    const bench = new Bench({ retries: false });
    bench.ask();
    bench.ask();
    bench.call.answer('a');
    bench.call.break(status.OK);
    assert.deepEqual(await bench.codes(), ['OK']);
    await bench.clock.advance(25);
    assert.deepEqual([bench.calls.length, bench.call.written], [2, 1]);
    bench.call.answer('b');
    await settle();
    assert.deepEqual(
      bench.outcomes.map(({ code, pod, attempts, opening }) => [code, pod, attempts, opening]),
      [
        ['OK', 'a', 1, 1],
        ['OK', 'b', 2, 2],
      ],
    );
  });

  it('close() waits for the server, and opens nothing again', async () => {
    const bench = new Bench();
    bench.ask();
    bench.call.answer('a');
    let isClosed = false;
    void bench.stream.close().then(() => {
      isClosed = true;
    });
    await settle();
    assert.deepEqual([bench.call.hasEnded, isClosed], [true, false]);
    bench.call.break(status.OK);
    await settle();
    assert.equal(isClosed, true);
    await bench.clock.advance(10_000);
    assert.deepEqual([bench.calls.length, bench.ends.length, bench.clock.timersPending], [1, 0, 0]);
  });
});
