// A client as others write them: calls one method of a service of its own again and again, until it is ended or has made as
// many calls as it was told. Writes words, no ledger. Run as a program by the tests of --client.
const grpc = require('@grpc/grpc-js');

const [target = process.env.TARGET, calls = 'Infinity', method = 'Create'] = process.argv.slice(2);
const client = new grpc.Client(target, grpc.credentials.createInsecure());
const serialize = (value) => Buffer.from(value);
const deserialize = (bytes) => bytes.toString();

function call(n) {
  if (n > Number(calls)) {
    console.log(`made ${calls} calls`);
    return client.close();
  }
  const done = (error, reply) => {
    if (n % 100 === 0) console.log(error ? `call ${n}: ${error.message}` : reply);
    setTimeout(call, 5, n + 1);
  };
  const options = { deadline: Date.now() + 10_000 };
  return client.makeUnaryRequest(`/shop.v2.Orders/${method}`, serialize, deserialize, String(n), options, done);
}

call(1);
