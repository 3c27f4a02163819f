import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadPackageDefinition, status } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { askReflection, type Question, stubOf } from './reflection-client';
import { startServer } from './server-process';

/** A FileDescriptorSet: the files as its repeated field 1. */
function descriptorSet(files: readonly Buffer[]): Buffer {
  return Buffer.concat(
    files.flatMap((file) => {
      const length: number[] = [];
      let rest = file.length;
      for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128);
      return [Buffer.of(0x0a, ...length, rest), file];
    }),
  );
}

describe('the reflection of grpc-server', () => {
  for (const version of ['v1', 'v1alpha'] as const) {
    it(`lists its services, by ${version}`, async (t) => {
      const ask = askReflection(t, await startServer(t), version);
      const [answer] = await ask({ list_services: '*' });
      const names = answer?.list_services_response?.service.map(({ name }) => name);
      assert.deepEqual(names?.sort(), ['greeter.v1.Greeter', 'grpc.health.v1.Health']);
    });
  }

  for (const [service, method, request, reply] of [
    ['greeter.v1.Greeter', 'SayHello', { name: 'x' }, { message: 'Hello, x! This message is from grpc-server-1' }],
    ['grpc.health.v1.Health', 'Check', { service: 'liveness' }, { status: 1 }],
  ] as const) {
    it(`describes ${service} well enough to call it without other knowledge`, async (t) => {
      const server = await startServer(t);
      const [answer] = await askReflection(t, server, 'v1')({ file_containing_symbol: service });
      const files = answer?.file_descriptor_response?.file_descriptor_proto ?? [];
      const described = loadPackageDefinition(loadFileDescriptorSetFromBuffer(descriptorSet(files)));
      const stub = stubOf(t, described, service, server);
      const received = await new Promise<Record<string, unknown>>((resolve, reject) => {
        stub[method]?.(request, (error: Error | null, value: never) => (error ? reject(error) : resolve(value)));
      });
      for (const [key, value] of Object.entries(reply)) assert.equal(received[key], value);
    });
  }

  it('answers an unknown or improper question with an error for that question only', async (t) => {
    const ask = askReflection(t, await startServer(t), 'v1');
    const symbols = ['no.such.Thing', '__proto__', 'constructor', ''];
    const answers = await ask(...symbols.map((symbol) => ({ file_containing_symbol: symbol })), { list_services: '' });
    assert.equal(answers.length, symbols.length + 1);
    assert.equal(answers[0]?.error_response?.error_code, status.NOT_FOUND);
    assert(answers.at(-1)?.list_services_response);
  });

  it('answers 2,000 questions of a client that sends them all before it reads', async (t) => {
    const ask = askReflection(t, await startServer(t), 'v1');
    const question = { file_containing_symbol: 'greeter.v1.Greeter' };
    assert.equal((await ask(...new Array<Question>(2000).fill(question))).length, 2000);
  });

  it('is missing when it is switched off', async (t) => {
    const server = await startServer(t, { REFLECTION: 'false' });
    await assert.rejects(askReflection(t, server, 'v1')({ list_services: '*' }), { code: status.UNIMPLEMENTED });
  });
});
