import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GREETER_SERVICE, Greeter } from '../../../proto/load';

describe('Greeter', () => {
  it('serves SayHello and Chat under the fully qualified name that Envoy routes', () => {
    const paths = Object.values(Greeter.service).map((method) => method.path);
    assert.deepEqual(paths, [`/${GREETER_SERVICE}/SayHello`, `/${GREETER_SERVICE}/Chat`]);
  });

  it('keeps every field of a reply through the wire', () => {
    const { responseSerialize, responseDeserialize } = Greeter.service.SayHello;
    const reply = { message: 'Hello, Zoë! This message is from grpc-server-1', pod: 'grpc-server-1' };
    assert.deepEqual({ ...responseDeserialize(responseSerialize(reply)) }, reply);
  });
});
