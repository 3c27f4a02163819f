// The services of a .proto file. Only the file itself is read: the kinds of its methods need no type of another file, so
// an import that is not at hand is no problem.
import { type NamespaceBase, parse, Service } from 'protobufjs';
import { allowsSecondExecution, type Contract, type GrpcService, isPlumbing } from './contract';

/** @throws Error that says what in `text` is no proto, or that there is no service in it */
export function readProto(name: string, text: string): Contract {
  let root: NamespaceBase;
  try {
    root = parse(text, { keepCase: true }).root;
  } catch (thrown) {
    throw new Error(`${name}: expected a proto file, got ${(thrown as Error).message}`, { cause: thrown });
  }
  const services = servicesIn(root).filter((service) => !isPlumbing(service.name));
  if (services.length === 0) throw new Error(`${name}: expected a service, got a file without one`);
  return { services, hasHealth: undefined };
}

function servicesIn(namespace: NamespaceBase): readonly GrpcService[] {
  return namespace.nestedArray.flatMap((part) => {
    if (part instanceof Service) return [readService(part)];
    return 'nestedArray' in part ? servicesIn(part as NamespaceBase) : [];
  });
}

function readService(service: Service): GrpcService {
  const methods = service.methodsArray.map(({ name, requestStream, responseStream, options }) => ({
    name,
    isStream: requestStream === true || responseStream === true,
    isDeclaredIdempotent: allowsSecondExecution(options?.idempotency_level),
  }));
  return { name: service.fullName.replace(/^\./, ''), methods };
}
