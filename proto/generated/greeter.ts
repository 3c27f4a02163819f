import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { GreeterClient as _greeter_v1_GreeterClient, GreeterDefinition as _greeter_v1_GreeterDefinition } from './greeter/v1/Greeter';
import type { HelloReply as _greeter_v1_HelloReply, HelloReply__Output as _greeter_v1_HelloReply__Output } from './greeter/v1/HelloReply';
import type { HelloRequest as _greeter_v1_HelloRequest, HelloRequest__Output as _greeter_v1_HelloRequest__Output } from './greeter/v1/HelloRequest';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  greeter: {
    v1: {
      Greeter: SubtypeConstructor<typeof grpc.Client, _greeter_v1_GreeterClient> & { service: _greeter_v1_GreeterDefinition }
      HelloReply: MessageTypeDefinition<_greeter_v1_HelloReply, _greeter_v1_HelloReply__Output>
      HelloRequest: MessageTypeDefinition<_greeter_v1_HelloRequest, _greeter_v1_HelloRequest__Output>
    }
  }
}

