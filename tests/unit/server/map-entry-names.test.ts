import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJSON, type PackageDefinition } from '@grpc/proto-loader';
import { service as healthService } from 'grpc-health-check';
import { parse } from 'protobufjs';
import { FileDescriptorProto, type IDescriptorProto, type IFileDescriptorProto } from 'protobufjs/ext/descriptor';
import { withMapEntryNames } from '../../../server/map-entry-names';

/** The messages of a definition's file, as a client of reflection gets them. */
function messages(definition: PackageDefinition): readonly IDescriptorProto[] {
  const files = Object.values(definition).flatMap(({ fileDescriptorProtos }) =>
    Array.isArray(fileDescriptorProtos) ? fileDescriptorProtos : [],
  );
  return (FileDescriptorProto.decode(files[0] as Buffer) as IFileDescriptorProto).messageType ?? [];
}

/** Each map field of the messages below, with the name of its type and whether a nested map entry has that name. */
function mapFields(types: readonly IDescriptorProto[]): (readonly [field: string, type: string, isThere: boolean])[] {
  return types.flatMap(({ field = [], nestedType = [] }) => [
    ...field
      .filter(({ typeName }) => nestedType.some(({ name, options }) => options?.mapEntry && typeName === name))
      .map(({ name = '', typeName = '' }) => [name, typeName, true] as const),
    ...mapFields(nestedType.filter(({ options }) => !options?.mapEntry)),
  ]);
}

function definitionOf(proto: string): PackageDefinition {
  return fromJSON(parse(proto, { keepCase: true }).root.toJSON(), { keepCase: true });
}

const PROTO = `
  syntax = "proto3";
  package sample.v1;
  message Outer {
    map<string, string> labels = 1;
    map<int32, Inner> calls_by_pod = 2;
    repeated Labels other = 3;
    Labels one = 4;
    message Inner { map<string, Inner> Deep = 1; }
  }
  message Labels { string labels = 1; }
`;

describe('withMapEntryNames()', () => {
  it('gives the health service the names that protoc gives', () => {
    const types = Object.values(healthService).map(({ requestType }) => [requestType.type, requestType]);
    const definition = Object.fromEntries(types) as PackageDefinition;
    assert.deepEqual(mapFields(messages(definition)), [['statuses', 'Statuses', true]], 'the library does so by now');
    assert.deepEqual(mapFields(messages(withMapEntryNames(definition))), [['statuses', 'StatusesEntry', true]]);
  });

  it('finds maps of every depth, by protoc’s rule for names', () => {
    assert.deepEqual(mapFields(messages(withMapEntryNames(definitionOf(PROTO)))), [
      ['labels', 'LabelsEntry', true],
      ['calls_by_pod', 'CallsByPodEntry', true],
      ['Deep', 'DeepEntry', true],
    ]);
  });

  it('changes nothing else, and nothing a second time', () => {
    const definition = definitionOf(PROTO);
    const before = JSON.stringify(messages(definition));
    const once = withMapEntryNames(definition);
    assert.deepEqual(messages(withMapEntryNames(once)), messages(once));
    assert.equal(JSON.stringify(messages(definition)), before, 'the definition that was given');
    const others = (types: readonly IDescriptorProto[]) =>
      types.flatMap(({ field = [] }) => field.map(({ name, number, type }) => ({ name, number, type })));
    assert.deepEqual(others(messages(once)), others(messages(definition)));
    const [outer] = messages(once);
    const typeOf = (name: string) => outer?.field?.find((field) => field.name === name)?.typeName;
    assert.deepEqual([typeOf('other'), typeOf('one')], ['Labels', 'Labels']);
  });
});
