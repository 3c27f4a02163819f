// A client that knows the reflection protocol and nothing else, as grpcurl does: all it learns, it learns by asking.
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type Client,
  type ClientDuplexStream,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ServerProcess } from './server-process';

const PROTO = join(dirname(require.resolve('@grpc/reflection/package.json')), 'build/proto');

export interface Question {
  readonly list_services?: string;
  readonly file_containing_symbol?: string;
  readonly file_by_filename?: string;
}
export interface Answer {
  readonly list_services_response?: { readonly service: ReadonlyArray<{ readonly name: string }> };
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] };
  readonly error_response?: { readonly error_code: number };
}
type Stub = Client & Record<string, (...args: unknown[]) => unknown>;

export function stubOf(t: TestContext, root: GrpcObject, name: string, { grpcPort }: ServerProcess): Stub {
  const path = name.split('.');
  const Constructor = path.reduce<unknown>((at, key) => (at as GrpcObject)[key], root) as ServiceClientConstructor;
  const stub = new Constructor(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
  t.after(() => stub.close());
  return stub as unknown as Stub;
}

export function askReflection(t: TestContext, server: ServerProcess, version: 'v1' | 'v1alpha') {
  const definition = loadSync(`grpc/reflection/${version}/reflection.proto`, { includeDirs: [PROTO], keepCase: true });
  const stub = stubOf(t, loadPackageDefinition(definition), `grpc.reflection.${version}.ServerReflection`, server);
  return (...questions: Question[]) =>
    new Promise<Answer[]>((resolve, reject) => {
      const stream = stub.ServerReflectionInfo?.() as ClientDuplexStream<Question, Answer>;
      const answers: Answer[] = [];
      stream.on('data', (answer) => answers.push(answer));
      stream.on('error', reject);
      stream.on('end', () => resolve(answers));
      for (const question of questions) stream.write(question);
      stream.end();
    });
}
