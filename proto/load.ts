// The only caller of proto-loader: its options decide what every message looks like, so they stand here once.
// The flags of `npm run generate` must equal them.
import * as path from 'node:path';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType } from './generated/greeter';

/** The fully qualified name of the service, as in paths (`/greeter.v1.Greeter/SayHello`) and health checks. */
export const GREETER_SERVICE = 'greeter.v1.Greeter';

/** greeter.proto as proto-loader's definition; reflection serves it, `greeter` builds stubs of it. */
export const greeterPackage: PackageDefinition = loadSync(path.join(__dirname, 'greeter.proto'), {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});

const root = loadPackageDefinition(greeterPackage) as unknown as ProtoGrpcType;

/** The client constructor of greeter.v1.Greeter; its `.service` is the definition that a server adds. */
export const Greeter = root.greeter.v1.Greeter;
