// Server reflection (v1 and v1alpha), for `grpcurl` and its like: which services are here, and what their messages are.
import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { service as healthService } from 'grpc-health-check';
import { greeterPackage } from '../proto/load';
import type { AddServices } from './grpc-server';
import { withMapEntryNames } from './map-entry-names';

export const addReflection: AddServices = (server) => {
  new ReflectionService(withMapEntryNames(describedPackages())).addToServer({
    addService: (definition, handlers) => server.addService(definition, respectBackpressure(handlers)),
  });
};

/** A message type carries the description of its whole file, so one of a package's types describes all of it. */
function describedPackages(): PackageDefinition {
  const types = Object.values(healthService).map(({ requestType }) => [requestType.type, requestType]);
  return { ...greeterPackage, ...Object.fromEntries(types) };
}

/** The library answers as fast as it is asked; a peer that asks and never reads would fill our memory with answers. */
function respectBackpressure(handlers: UntypedServiceImplementation): UntypedServiceImplementation {
  const { ServerReflectionInfo: answer } = handlers as { ServerReflectionInfo: (stream: ReflectionStream) => void };
  return {
    ServerReflectionInfo: (stream: ReflectionStream) => {
      answer(stream);
      stream.on('data', () => {
        if (stream.writableNeedDrain) stream.pause();
      });
      stream.on('drain', () => stream.resume());
    },
  };
}

type ReflectionStream = ServerDuplexStream<unknown, unknown>;
