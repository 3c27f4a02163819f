// The names of map entries in file descriptors. For `map<…> statuses` protobufjs writes a nested message `Statuses`;
// protobuf wants `StatusesEntry`, and protobuf-go (so grpcurl) refuses the whole file otherwise.
import type { PackageDefinition } from '@grpc/proto-loader';
import { FileDescriptorProto, type IDescriptorProto, type IFileDescriptorProto } from 'protobufjs/ext/descriptor';

/** The same definition, its file descriptors with the names that protoc would have given. `definition` stays as it is. */
export function withMapEntryNames(definition: PackageDefinition): PackageDefinition {
  return Object.fromEntries(
    Object.entries(definition).map(([name, part]) => [
      name,
      // A service carries no descriptor; its messages do.
      Array.isArray(part.fileDescriptorProtos)
        ? { ...part, fileDescriptorProtos: part.fileDescriptorProtos.map(nameMapEntries) }
        : part,
    ]),
  ) as PackageDefinition;
}

function nameMapEntries(file: Uint8Array): Buffer {
  const descriptor = FileDescriptorProto.decode(file);
  for (const message of (descriptor as IFileDescriptorProto).messageType ?? []) nameEntriesOf(message);
  return Buffer.from(FileDescriptorProto.encode(descriptor).finish());
}

function nameEntriesOf(message: IDescriptorProto): void {
  for (const nested of message.nestedType ?? []) {
    nameEntriesOf(nested);
    if (nested.options?.mapEntry !== true) continue;
    for (const field of message.field ?? []) {
      const isItsField = field.typeName === nested.name && upperFirst(field.name ?? '') === nested.name;
      if (!isItsField) continue;
      nested.name = entryName(field.name ?? '');
      field.typeName = nested.name;
    }
  }
}

/** protoc's own rule: `by_pod_name` becomes `ByPodNameEntry`. */
function entryName(field: string): string {
  return `${field.split('_').map(upperFirst).join('')}Entry`;
}

function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
