// A greeter client on grpc-js in an open loop. Writes one line of JSON for each call to standard output, as the ledger of
// this project's own client: client/ledger.ts.

const path = require('node:path');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const advised = require('./advised');

const proto = protoLoader.loadSync(path.join(__dirname, 'greeter.proto'), { defaults: true });
const { Greeter } = grpc.loadPackageDefinition(proto).greeter.v1;

function readArguments() {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: '' },
      rate: { type: 'string', default: '10' },
      deadline: { type: 'string', default: '5000' },
      settings: { type: 'string', default: 'advised' },
    },
  });
  const problems = [];
  if (values.target === '') problems.push('--target: expected HOST:PORT or dns:///HOST:PORT, got ""');
  for (const name of ['rate', 'deadline']) {
    if (!(Number(values[name]) > 0)) problems.push(`--${name}: expected a number above 0, got "${values[name]}"`);
  }
  if (!['defaults', 'advised'].includes(values.settings)) {
    problems.push(`--settings: expected defaults or advised, got "${values.settings}"`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { ...values, rate: Number(values.rate), deadline: Number(values.deadline) };
}

/** Resolves to what became of the call; never rejects. */
function sayHello(greeter, deadline, metadata) {
  return new Promise((resolve) => {
    let header = new grpc.Metadata();
    const request = { name: 'world', client: process.env.POD_NAME ?? '' };
    const call = greeter.sayHello(request, metadata, { deadline }, (error, reply) => {
      resolve({ code: error?.code ?? grpc.status.OK, details: error?.details, reply, header });
    });
    call.on('metadata', (received) => {
      header = received;
    });
  });
}

async function recordCall(send, seq, dueMs) {
  const sentMs = Date.now();
  const began = performance.now();
  const { code, details, reply, header } = await send();
  const entry = {
    seq,
    intendedMs: dueMs,
    sentMs,
    latencyMs: Math.round((performance.now() - began) * 1000) / 1000,
    code: grpc.status[code],
    pod: reply?.pod ?? '',
    via: String(header.get('x-envoy-pod')[0] ?? ''),
    attempts: Number(header.get('x-envoy-attempt-count')[0] ?? 0),
  };
  process.stdout.write(`${JSON.stringify(entry)}\n`);
  if (code !== grpc.status.OK) process.stderr.write(`call ${seq}: ${entry.code}: ${details}\n`);
}

/** Sends each call when it is due, whether or not earlier ones have ended. */
function callAll({ target, rate, deadline, settings }) {
  const isAdvised = settings === 'advised';
  const greeter = new Greeter(target, grpc.credentials.createInsecure(), isAdvised ? advised.OPTIONS : {});
  const calls = new Set();
  const startMs = Date.now();
  let seq = 0;
  let timer;
  const next = () => {
    const dueMs = startMs + (seq * 1000) / rate;
    timer = setTimeout(() => {
      seq += 1;
      const endMs = Date.now() + deadline;
      const once = (metadata = new grpc.Metadata()) => sayHello(greeter, endMs, metadata);
      const call = recordCall(() => (isAdvised ? advised.sendAgain(once, endMs) : once()), seq, dueMs);
      calls.add(call);
      call.finally(() => calls.delete(call));
      next();
    }, dueMs - Date.now());
  };
  const stop = async () => {
    clearTimeout(timer);
    await Promise.all(calls);
    greeter.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
  process.stdout.on('error', () => process.exit(1));
  next();
}

try {
  callAll(readArguments());
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
