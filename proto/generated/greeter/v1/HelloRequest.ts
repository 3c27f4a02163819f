// Original file: proto/greeter.proto


export interface HelloRequest {
  'name'?: (string);
  'client'?: (string);
}

export interface HelloRequest__Output {
  'name': (string);
  'client': (string);
}
