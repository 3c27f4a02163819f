// Chat streams in place of calls: each asks in its turn. To the schedule it looks like any greeter.
import { Metadata } from '@grpc/grpc-js';
import { connect } from './channel';
import { ChatStream, type StreamEnd } from './chat-stream';
import { systemClock } from './clock';
import type { GreeterClient, GreeterConfig } from './greeter-client';

const CLOSE_WAIT_MS = 1000;

/** A greeter that asks over `count` streams in turn, and keeps them open from their first turn on. */
export function createChatStreams(
  config: GreeterConfig,
  count: number,
  onEnd: (end: StreamEnd) => void,
): GreeterClient {
  const { deadlineMs, retries, greetingName, podName } = config;
  const connection = connect(config);
  const waitForReady = new Metadata({ waitForReady: true });
  const streams = Array.from(
    { length: count },
    (_, index) =>
      new ChatStream({
        stream: index + 1,
        request: { name: greetingName, client: podName },
        deadlineMs,
        retries,
        clock: systemClock,
        open: () => connection.stub.Chat(waitForReady),
        onEnd,
      }),
  );
  let turn = 0;
  return {
    // Each stream opens when its first turn comes: all at once they would share the address that connected first.
    ready: (withinMs) => connection.ready(withinMs),
    greet() {
      const stream = streams[turn % count] as ChatStream;
      turn += 1;
      return stream.ask();
    },
    async close() {
      const closed = Promise.all(streams.map((stream) => stream.close()));
      await Promise.race([closed, new Promise<void>((resolve) => systemClock.setTimer(resolve, CLOSE_WAIT_MS))]);
      await connection.close();
    },
  };
}
