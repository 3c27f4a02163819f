// The real grpcurl, which knows nothing of the services but what reflection tells it. Its protobuf-go reads descriptors
// more strictly than any JavaScript client does.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRunCommand } from '../../command-line/run-command';
import { GRPCURL, needProgram } from '../support/test-programs';
import { startServer } from './server-process';

const run = createRunCommand(process.env);

interface Question {
  readonly options?: readonly string[];
  readonly words: readonly string[];
  /** What the answer must hold. */
  readonly expected: readonly RegExp[];
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  'lists the services': { words: ['list'], expected: [/^greeter\.v1\.Greeter\ngrpc\.health\.v1\.Health\n$/] },
  'describes all services': {
    words: ['describe'],
    expected: [
      /rpc SayHello \( \.greeter\.v1\.HelloRequest \)/,
      /rpc Check \( \.grpc\.health\.v1\.HealthCheckRequest \)/,
    ],
  },
  'describes a message with a map': {
    words: ['describe', 'grpc.health.v1.HealthListResponse'],
    expected: [/map<string, \.grpc\.health\.v1\.HealthCheckResponse> statuses = 1;/],
  },
  'calls the greeter': {
    options: ['-d', '{"name": "grpcurl"}'],
    words: ['greeter.v1.Greeter/SayHello'],
    expected: [/"message": "Hello, grpcurl! This message is from grpc-server-1"/],
  },
  'asks the health of the process': { words: ['grpc.health.v1.Health/Check'], expected: [/"status": "SERVING"/] },
};

describe('grpcurl', () => {
  for (const [what, { options = [], words, expected }] of Object.entries(QUESTIONS)) {
    it(what, async (t) => {
      const grpcurl = await needProgram(t, GRPCURL);
      if (grpcurl === undefined) return;
      const { grpcPort } = await startServer(t);
      const args = ['-plaintext', ...options, `127.0.0.1:${grpcPort}`, ...words];
      const result = await run(grpcurl, args, { timeoutMs: 60_000 });
      assert.equal(result.code, 0, `grpcurl ${args.join(' ')}: ${result.failure ?? result.stderr}`);
      for (const pattern of expected) assert.match(result.stdout, pattern);
    });
  }
});
