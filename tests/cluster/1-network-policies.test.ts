// The network policies as a real network enforces them: every box of the picture tries every port of every other. What
// the picture draws connects, all else does not, and foreign pods get nothing.
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { deploy, findKubernetes, type Kubernetes } from '../support/kubernetes';
import { ARROWS, arrowsOfTheMesh, type Box, boxes, PROXY_PORT, STRANGER, stranger } from '../support/picture';
import { openTo, removeStandIns, runIn, type StandIn, startStandIns, type Target } from './stand-ins';

const NEIGHBOUR = 'neighbour';
/** In a namespace of ours, and none of ours. */
const neighbour: Box = { name: NEIGHBOUR, takesProxy: false, namespace: 'grpc-client', labels: {}, ports: {} };
const CALLERS = [...boxes(), stranger(), neighbour];
const CALLS = 3;
const CALL_SETTINGS = [`COUNT=${CALLS}`, 'RATE=10', 'DEADLINE_MS=2000', 'METRICS_PORT=0', 'LEDGER=-'];
const ENVOYS = ['envoy-headless.envoy.svc.cluster.local', 8443] as const;
const SERVERS = ['grpc-server-headless.grpc-server.svc.cluster.local', 50051] as const;

describe('network policies', async () => {
  const found = await findKubernetes();
  const skip = found.ok ? false : found.reason;
  const kubernetes = (found.ok ? found.kubernetes : undefined) as Kubernetes;

  describe('on a cluster', { skip }, () => {
    let standIns: readonly StandIn[] = [];
    const open = new Map<string, readonly string[]>();

    before(async () => {
      await deploy(kubernetes);
      standIns = await startStandIns(kubernetes, CALLERS);
      const tries = standIns.map(async (each) => {
        open.set(each.box.name, await openTo(kubernetes, each, targetsOf(each.box.name)));
      });
      await Promise.all(tries);
    });
    after(() => removeStandIns(kubernetes));

    function targetsOf(from: string): Target[] {
      const expected = expectedFrom(from);
      return standIns
        .filter(({ box: { name, ports } }) => name !== from && Object.keys(ports).length > 0)
        .flatMap(({ box: { name, ports }, address }) =>
          Object.entries({ ...ports, proxy: PROXY_PORT }).map(([port, number]) => ({
            name: `${name}:${port}`,
            host: address,
            port: number,
            expectOpen: expected.includes(`${name}:${port}`),
          })),
        );
    }

    /** On a cluster that enforces nothing everything is open; no mistake in a policy does that. */
    function isEnforced(): boolean {
      return CALLERS.some(({ name }) => open.get(name)?.length !== targetsOf(name).length);
    }

    function skipUnlessEnforced(test: TestContext): boolean {
      if (isEnforced()) return false;
      assert.ok(!kubernetes.enforcesPolicies, 'policies are switched on, and still every stand-in reaches everything');
      test.skip(`context ${kubernetes.context} enforces no network policies`);
      return true;
    }

    for (const { name } of CALLERS) {
      const expected = expectedFrom(name);
      it(`${name} reaches ${expected.length === 0 ? 'nothing' : `${expected.join(', ')}, and nothing else`}`, (test) => {
        if (skipUnlessEnforced(test)) return;
        assert.deepEqual([...(open.get(name) ?? [])].sort(), [...expected].sort());
      });
    }

    const callers = [
      ['grpc-client', 'the Envoys', ENVOYS, CALLS],
      ['grpc-client', 'the servers, around Envoy', SERVERS, 0],
      [STRANGER, 'the Envoys', ENVOYS, 0],
      [STRANGER, 'the servers', SERVERS, 0],
    ] as const;
    for (const [name, whom, [host, port], answers] of callers) {
      it(`the client's program as ${name} gets ${answers} of ${CALLS} calls to ${whom} answered`, async (test) => {
        if (skipUnlessEnforced(test)) return;
        const standIn = standIns.find((each) => each.box.name === name) as StandIn;
        const target = [`GRPC_SERVER_DOMAIN=${host}`, `GRPC_SERVER_PORT=${port}`];
        const words = await runIn(
          kubernetes,
          standIn,
          'env',
          ...target,
          ...CALL_SETTINGS,
          'node',
          'bundle/client/main.js',
        );
        const codes = words
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { code: string }).code);
        assert.equal(codes.length, CALLS, words);
        assert.equal(codes.filter((code) => code === 'OK').length, answers, words);
      });
    }
  });
});

/** `envoy:grpc` for each arrow, `envoy:proxy` for those that a mesh carries. */
function expectedFrom(from: string): string[] {
  const drawn = ARROWS.filter((arrow) => arrow.from === from).map(({ to, port }) => `${to}:${port}`);
  const meshed = arrowsOfTheMesh().filter((arrow) => arrow.from === from);
  return [...drawn, ...meshed.map(({ to }) => `${to}:proxy`)];
}
