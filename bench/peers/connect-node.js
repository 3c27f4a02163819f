// connect-node with one handler and default options, on Node's HTTP/2 server. Its descriptors are read from the proto at
// start; generated code would hold the same ones.
const { createServer } = require('node:http2');
const { create, createFileRegistry, fromBinary } = require('@bufbuild/protobuf');
const { FileDescriptorProtoSchema, FileDescriptorSetSchema } = require('@bufbuild/protobuf/wkt');
const { connectNodeAdapter } = require('@connectrpc/connect-node');
const { definition, greet, host, port, stopOnSignal } = require('./greeter');

const { fileDescriptorProtos } = definition['greeter.v1.HelloRequest'];
const file = fileDescriptorProtos.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
const Greeter = createFileRegistry(create(FileDescriptorSetSchema, { file })).getService('greeter.v1.Greeter');

const routes = (router) => router.service(Greeter, { sayHello: async (request) => greet(request) });
createServer(connectNodeAdapter({ routes })).listen(port, host);
stopOnSignal();
