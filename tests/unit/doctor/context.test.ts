// What a sample says in other surroundings: a finding there becomes well, or something that could not be looked at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { RULES } from '../../../doctor/rules/all';
import { examined } from './examined';

const sample = (code: string, name = 'broken') =>
  readFileSync(path.join(__dirname, 'samples', code, `${name}.yaml`), 'utf8');

function outcome(code: string, text: string): string | undefined {
  const rule = RULES.find((each) => each.code === code);
  return rule && examined(text).diagnosis.outcomes.get(rule);
}

const POLICY = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: envoy, namespace: shop }
spec:
  podSelector: { matchLabels: { app: envoy } }
  policyTypes: [Ingress]
  ingress: [{ ports: [{ port: grpc }] }]
`;
const AUTOSCALER = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: envoy, namespace: shop }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: envoy }, maxReplicas: 5 }
`;
const INJECTED = '    metadata: { labels: { app: envoy }, annotations: { linkerd.io/inject: enabled } }';
const edited = (code: string, from: string | RegExp, to: string) => {
  const text = sample(code).replace(from, to);
  assert.notEqual(text, sample(code), String(from));
  return text;
};
/** The sample's query over 30 s, which is too short, where it differs from one over `window`. */
const overTwo = (window: string, series = '<<.Series>>{<<.LabelMatchers>>}') => {
  const [newest, steady] = ['(rate(<<.Series>>{<<.LabelMatchers>>}[30s]))', `(rate(${series}[${window}]))`];
  const query = `sum by (pod) ${newest} and on () sum${newest} > 2 * sum${steady} or sum by (pod) ${steady}`;
  return edited('GLB016', /metricsQuery: .*/, `metricsQuery: '${query}'`);
};

describe('a rule', () => {
  for (const [code, where, text, expected] of [
    ['GLB001', 'a mesh may balance', edited('GLB001', '    metadata: { labels: { app: envoy } }', INJECTED), 'blind'],
    [
      'GLB001',
      'the name is external',
      edited('GLB001', '  selector: { app: cart }\n', '  type: ExternalName\n'),
      'blind',
    ],
    [
      'GLB001',
      'the Service is in a file without a namespace',
      edited('GLB001', 'name: cart, namespace: shop', 'name: cart'),
      'found',
    ],
    [
      'GLB028',
      'the TTL of DNS decides',
      edited('GLB028', 'dns_refresh_rate: 30s', 'dns_refresh_rate: 30s\n        respect_dns_ttl: true'),
      'blind',
    ],
    ['GLB016', 'the newest calls are held against a long window, which is taken otherwise', overTwo('1m'), 'passed'],
    ['GLB016', 'that window is too short as well', overTwo('30s'), 'found'],
    ['GLB016', 'that window is of another series', overTwo('1m', 'shop_calls_total'), 'found'],
    ['GLB016', 'nothing is held against it', overTwo('1m').replace(/ and on \(\) .* or /, ' or '), 'found'],
    ['GLB016', 'the last resort is a string', overTwo('1m').replace(' or ', ' and on () x{a=" or "} + '), 'found'],
    ['GLB028', 'the server says nothing', edited('GLB028', /^ {8}lifecycle: \{ preStop.*\n/m, ''), 'blind'],
    [
      'GLB031',
      'the route names methods by a pattern',
      edited('GLB031', 'prefix: /shop.Cart/', "safe_regex: { regex: '/shop\\.Cart/(Get|List).*' }"),
      'passed',
    ],
    [
      'GLB031',
      'the pattern takes all',
      edited('GLB031', 'prefix: /shop.Cart/', "safe_regex: { regex: '/shop\\.Cart/.*' }"),
      'found',
    ],
    [
      'GLB031',
      'no pod has seen the call',
      edited('GLB031', 'reset,unavailable', 'connect-failure,reset-before-request'),
      'passed',
    ],
    ['GLB032', 'a policy closes the port', sample('GLB032') + POLICY, 'passed'],
    [
      'GLB032',
      'a policy opens all ports',
      sample('GLB032') + POLICY.replace('{ ports: [{ port: grpc }] }', '{}'),
      'found',
    ],
    [
      'GLB032',
      'paths are named',
      edited('GLB032', '    admin:\n', '    admin:\n      allow_paths: [{ prefix: /stats }]\n'),
      'passed',
    ],
    [
      'GLB032',
      'all paths are named',
      edited('GLB032', '    admin:\n', '    admin:\n      allow_paths: [{ prefix: / }]\n'),
      'found',
    ],
    [
      'GLB033',
      'the proxy is beside one client',
      edited('GLB033', 'address: 0.0.0.0', 'address: 127.0.0.1'),
      'not-applicable',
    ],
    ['GLB035', 'there is one Envoy', edited('GLB035', 'replicas: 2', 'replicas: 1'), 'passed'],
    ['GLB035', 'an autoscaler makes more of it', edited('GLB035', '  replicas: 2\n', '') + AUTOSCALER, 'found'],
    [
      'GLB043',
      'the whole stream has a limit',
      edited('GLB043', 'idle_timeout: 3600s', 'max_stream_duration: { max_stream_duration: 60s }'),
      'passed',
    ],
    ['GLB048', 'the version ejects one all the same', edited('GLB048', 'v1.40.2', 'v1.30.1'), 'passed'],
    ['GLB048', 'nothing says the version', edited('GLB048', 'v1.40.2', 'latest'), 'blind'],
  ] as const) {
    it(`${code} says "${expected}" where ${where}`, () => assert.equal(outcome(code, text), expected));
  }
});

describe('a name that Envoy asks DNS for', () => {
  const codes = (type: string, service: 'with a cluster IP' | 'headless') => {
    const text = sample('GLB001', service === 'headless' ? 'fixed' : 'broken').replace('type: STRICT_DNS', type);
    const found = examined(text).diagnosis.findings.map(({ rule }) => rule.code);
    return found.filter((code) => code === 'GLB001' || code === 'GLB002');
  };

  for (const [type, service, expected] of [
    ['type: STRICT_DNS', 'headless', []],
    ['type: STRICT_DNS', 'with a cluster IP', ['GLB001']],
    ['type: LOGICAL_DNS', 'headless', ['GLB002']],
    ['type: LOGICAL_DNS', 'with a cluster IP', ['GLB001']],
    // Envoy 1.40.2 takes small letters and numbers (--mode validate).
    ['type: logical_dns', 'headless', ['GLB002']],
    ['type: logical_dns', 'with a cluster IP', ['GLB001']],
    ['type: strict_dns', 'with a cluster IP', ['GLB001']],
    ['type: 2', 'headless', ['GLB002']],
    ['cluster_type: { name: envoy.cluster.logical_dns }', 'with a cluster IP', ['GLB001']],
  ] as const) {
    it(`is a Service ${service} with ${type}: ${expected[0] ?? 'nothing'} is found`, () => {
      assert.deepEqual(codes(type, service), expected);
    });
  }
});

describe("Envoy's admin port on all addresses", () => {
  const alone =
    'admin: { address: { socket_address: { address: 0.0.0.0, port_value: 9901 } } }\nstatic_resources: { clusters: [{ name: a }] }\n';
  const other = '---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: a, namespace: shop }\n';
  const expressed = POLICY.replace(
    '{ matchLabels: { app: envoy } }',
    '{ matchExpressions: [{ key: app, operator: Exists }] }',
  );

  for (const [where, text, expected] of [
    ['with pods and no policy about them', sample('GLB032'), 'found'],
    ['in a file of its own, whose pods a policy may close', alone, 'blind'],
    ["beside policies of a network plugin's own", sample('GLB032') + other, 'blind'],
    ['behind a policy that selects by an expression', sample('GLB032') + expressed, 'passed'],
  ] as const) {
    it(`is ${expected} by GLB032 ${where}`, () => assert.equal(outcome('GLB032', text), expected));
  }
});

describe('routes to the admin port', () => {
  const routed = (match: string) =>
    sample('GLB032', 'fixed')
      .replace(
        '                  routes:\n',
        `                  routes:\n                  - { match: ${match}, route: { cluster: admin } }\n`,
      )
      .replace(
        '      clusters:\n',
        '      clusters:\n      - name: admin\n        load_assignment:\n          endpoints:\n          - lb_endpoints:\n' +
          '            - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 9901 } } }\n',
      );

  for (const [match, expected] of [
    ['{ prefix: / }', 'found'],
    ['{ prefix: /quit }', 'found'],
    ["{ safe_regex: { regex: '/(stats|quitquitquit)' } }", 'found'],
    ['{ path: /stats/prometheus }', 'passed'],
    ['{ prefix: /stats }', 'passed'],
  ] as const) {
    it(`are ${expected} by GLB032 with ${match}`, () => assert.equal(outcome('GLB032', routed(match)), expected));
  }
});

describe('what preStop runs', () => {
  const hook = (text: string) => {
    const fixed = sample('GLB033', 'fixed');
    return fixed.replace(
      / {8}lifecycle:\n {10}preStop:\n[\s\S]*?(?= {8}volumeMounts)/,
      `        lifecycle: { preStop: ${text} }\n`,
    );
  };
  const script =
    '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: hooks, namespace: shop }\ndata: { drain.sh: "curl -XPOST :9901/healthcheck/fail" }\n';
  for (const [what, text, expected] of [
    ['a sleep', hook('{ sleep: { seconds: 15 } }'), 'found'],
    ['a GET of the admin port', hook('{ httpGet: { path: /healthcheck/fail, port: 9901 } }'), 'found'],
    ['a GET of something else', hook('{ httpGet: { path: /shutdown, port: 8090 } }'), 'blind'],
    ['a script of the image', hook('{ exec: { command: [sh, /etc/envoy/drain.sh] } }'), 'blind'],
    ['a script of a ConfigMap', hook('{ exec: { command: [sh, /etc/envoy/drain.sh] } }') + script, 'passed'],
  ] as const) {
    it(`is ${expected} by GLB033: ${what}`, () => assert.equal(outcome('GLB033', text), expected));
  }
});
