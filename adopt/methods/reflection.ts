// The services of a server that runs, by server reflection: v1, and v1alpha where that is all there is.
import { readFileSync } from 'node:fs';
import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { parse, type Type } from 'protobufjs';
import { FileDescriptorProto, type IFileDescriptorProto } from 'protobufjs/ext/descriptor';
import { allowsSecondExecution, type Contract, type GrpcService, HEALTH_SERVICE, isPlumbing } from './contract';

const VERSIONS = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'] as const;
const DEADLINE_MS = 10_000;

interface Answer {
  readonly listServicesResponse?: { readonly service?: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto?: readonly Uint8Array[] };
  readonly errorResponse?: { readonly errorMessage?: string };
}
type Ask = (question: Record<string, string>) => Promise<Answer>;

/** @param target `host:port`, without TLS @throws Error that says what the server answered */
export async function readReflection(target: string): Promise<Contract> {
  const client = new Client(target, credentials.createInsecure());
  try {
    const problems: string[] = [];
    for (const version of VERSIONS) {
      try {
        return await readBy(asker(client, version));
      } catch (thrown) {
        const { code, message } = thrown as ServiceError;
        problems.push(`${version}: ${message}`);
        if (code !== status.UNIMPLEMENTED) break;
      }
    }
    throw new Error(`cannot ask ${target} for its services by server reflection: ${problems.join('; ')}`);
  } finally {
    client.close();
  }
}

async function readBy(ask: Ask): Promise<Contract> {
  const listed = (await ask({ listServices: '*' })).listServicesResponse?.service ?? [];
  const names = listed.map(({ name }) => name);
  const own = names.filter((name) => !isPlumbing(name));
  if (own.length === 0) throw new Error(`expected a service of its own, got ${names.join(', ') || 'none'}`);
  const services: GrpcService[] = [];
  for (const name of own) services.push(await readService(name, ask));
  return { services, hasHealth: names.includes(HEALTH_SERVICE) };
}

async function readService(name: string, ask: Ask): Promise<GrpcService> {
  const answer = await ask({ fileContainingSymbol: name });
  const files = (answer.fileDescriptorResponse?.fileDescriptorProto ?? []).map(
    (bytes) => FileDescriptorProto.decode(bytes) as IFileDescriptorProto,
  );
  for (const file of files) {
    const prefix = file.package ? `${file.package}.` : '';
    const found = file.service?.find((service) => `${prefix}${service.name}` === name);
    if (found === undefined) continue;
    const methods = (found.method ?? []).map((method) => ({
      name: method.name ?? '',
      isStream: method.clientStreaming === true || method.serverStreaming === true,
      isDeclaredIdempotent: allowsSecondExecution(
        (method.options as { readonly idempotencyLevel?: unknown } | undefined)?.idempotencyLevel,
      ),
    }));
    return { name, methods };
  }
  throw new Error(`${name}: expected its description, got ${answer.errorResponse?.errorMessage ?? 'another one'}`);
}

/** One stream for each question: there are few, and a stream that is not answered then holds up no other. */
function asker(client: Client, version: (typeof VERSIONS)[number]): Ask {
  const folder = version.replaceAll('.', '/');
  const proto = readFileSync(require.resolve(`@grpc/reflection/build/proto/${folder}/reflection.proto`), 'utf8');
  const { root } = parse(proto);
  const [question, answer] = ['Request', 'Response'].map((half) =>
    root.lookupType(`${version}.ServerReflection${half}`),
  );
  const path = `/${version}.ServerReflection/ServerReflectionInfo`;
  const serialize = (value: Record<string, string>) => Buffer.from((question as Type).encode(value).finish());
  const deserialize = (bytes: Buffer) => (answer as Type).decode(bytes) as unknown as Answer;
  return (value) =>
    new Promise((resolve, reject) => {
      const deadline = Date.now() + DEADLINE_MS;
      const stream: ClientDuplexStream<Record<string, string>, Answer> = client.makeBidiStreamRequest(
        path,
        serialize,
        deserialize,
        new Metadata(),
        { deadline },
      );
      stream.on('data', (found: Answer) => {
        resolve(found);
        stream.end();
      });
      stream.on('error', reject);
      stream.on('end', () => reject(new Error('the server ended the stream without an answer')));
      stream.write(value);
    });
}
