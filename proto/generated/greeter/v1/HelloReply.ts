// Original file: proto/greeter.proto


export interface HelloReply {
  'message'?: (string);
  'pod'?: (string);
}

export interface HelloReply__Output {
  'message': (string);
  'pod': (string);
}
