// adopt of the greeter itself gives the YAML of this project back, to the byte: what it makes and what is shipped cannot
// drift apart. What differs is listed here with its reason, and nothing else may.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { type Adopted, adoptAll, GREETER, textOf } from '../../support/adopted';
import { ROOT } from '../../support/read-manifests';

const shippedText = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const yamlIn = (folder: string) => readdirSync(path.join(ROOT, folder)).filter((name) => name.endsWith('.yaml'));

/** Takes lines out of a text, which must have them. */
function without(text: string, lines: string): string {
  assert.ok(text.includes(lines), `expected:\n${lines}`);
  return text.replace(lines, '');
}

const replaced = (text: string, from: string | RegExp, to: string) => {
  assert.match(text, from instanceof RegExp ? from : new RegExp(from.replaceAll(/[[\]]/g, '\\$&')));
  return text.replaceAll(from, to);
};

/** The policies of the pods name what comes in; what a server of the user's calls is not known. */
function withoutEgress(text: string): string {
  const [head = ''] = replaced(text, '[Ingress, Egress]', '[Ingress]').split('  egress:\n');
  return head;
}

/** By shipped file: where the copy lies, and the shipped text as it then has to be. */
const DIFFERENCES: Readonly<Record<string, readonly [file: string, change: (text: string) => string]>> = {
  // A user has callers with metrics of their own, not the client of this project.
  'prometheus_k8s/prometheus-configmap.yaml': [
    'prometheus_k8s/prometheus-configmap.yaml',
    (text) => without(text, '          - grpc-client\n'),
  ],
  'prometheus_k8s/prometheus-networkpolicy.yaml': [
    'prometheus_k8s/prometheus-networkpolicy.yaml',
    (text) =>
      without(
        text,
        `    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: grpc-client
      podSelector:
        matchLabels:
          app.kubernetes.io/component: client
`,
      ),
  ],
  // Names that a namespace of the user's is not likely to have.
  'grpc_server_k8s/role.yaml': [
    'grpc_server_k8s/role.yaml',
    (text) => replaced(text, 'name: pod-reader', 'name: grpc-server-pod-reader'),
  ],
  'grpc_server_k8s/rolebinding.yaml': [
    'grpc_server_k8s/rolebinding.yaml',
    (text) => replaced(text, 'name: pod-reader', 'name: grpc-server-pod-reader'),
  ],
  'grpc_server_k8s/networkpolicy.yaml': [
    'grpc_server_k8s/last/networkpolicy.yaml',
    (text) =>
      withoutEgress(text).replace(
        /^#.*\n/,
        `# Who may reach the pods of grpc-server: Envoy with calls (edge E4), Prometheus with scrapes (edge E5).
# Once it is applied, others do not: every caller has to have moved before. Whom the pods call is left open.
`,
      ),
  ],
  'grpc_server_k8s/networkpolicy-linkerd.yaml': [
    'grpc_server_k8s/last/networkpolicy-linkerd.yaml',
    (text) => replaced(withoutEgress(text), /^ {2}name: linkerd$/gm, '  name: grpc-server-linkerd'),
  ],
};

/** The user has these, or does not want them: a namespace, an account, the Deployment, a Service that balances nothing. */
const NOT_WRITTEN = ['00-namespace', 'account', 'deployment', 'networkpolicy-default-deny', 'service'];

/** A ConfigMap above differs, so its checksum does. */
const withoutChecksum = (text: string) => text.replace(/^ +checksum\/config: .*\n/m, '');

describe('adopt of the greeter', () => {
  let adopted: Adopted;
  before(async () => {
    adopted = await adoptAll([GREETER]);
  });

  it('has nothing to complain of', () => assert.deepEqual(adopted.problems, []));

  for (const folder of ['envoy_proxy_k8s', 'prometheus_k8s', 'prometheus_k8s/helm', 'grafana_k8s', 'grpc_server_k8s']) {
    for (const name of yamlIn(folder)) {
      if (folder === 'grpc_server_k8s' && NOT_WRITTEN.includes(path.basename(name, '.yaml'))) continue;
      const file = `${folder}/${name}`;
      const [at, change] = DIFFERENCES[file] ?? [file, (text: string) => text];
      it(`gives ${file} back`, () => {
        const [actual, expected] = [textOf(adopted, at), change(shippedText(file))];
        if (file !== 'prometheus_k8s/prometheus-deployment.yaml') return assert.equal(actual, expected);
        assert.notEqual(actual, expected);
        return assert.equal(withoutChecksum(actual), withoutChecksum(expected));
      });
    }
  }

  it('writes nothing else but steps and the Deployment, in which nothing has to change', () => {
    const shipped = [
      'envoy_proxy_k8s',
      'prometheus_k8s',
      'prometheus_k8s/helm',
      'grafana_k8s',
      'grpc_server_k8s',
    ].flatMap((folder) => yamlIn(folder).map((name) => DIFFERENCES[`${folder}/${name}`]?.[0] ?? `${folder}/${name}`));
    const more = [...adopted.files.keys()].filter((file) => !shipped.includes(file));
    const patch = 'grpc_server_k8s/patch/deployment';
    assert.deepEqual(more, ['.adopted', 'NEXT-STEPS.md', `${patch}.patch`, `${patch}.yaml`]);
    assert.deepEqual(parse(textOf(adopted, `${patch}.patch`)), {});
    assert.deepEqual(parse(textOf(adopted, `${patch}.yaml`)), parse(shippedText('grpc_server_k8s/deployment.yaml')));
  });
});

describe('adopt of the greeter, whose calls Envoy is to count', () => {
  let adopted: Adopted;
  before(async () => {
    const counter = GREETER.indexOf('--counter');
    adopted = await adoptAll([GREETER.filter((_, at) => at < counter || at > counter + 2)]);
  });

  it('gives the optional autoscaler back, which has the place of the other one here', () => {
    const withoutHeading = (text: string) => text.replace(/^(#.*\n)+/, '');
    const expected = replaced(
      shippedText('grpc_server_k8s/envoy-load/hpa.yaml'),
      'E8: ../deployment.yaml',
      'E8: deployment.yaml beside this file',
    );
    assert.equal(withoutHeading(textOf(adopted, 'grpc_server_k8s/hpa.yaml')), withoutHeading(expected));
  });

  it('gives the rule that it follows back, and none of a counter', () => {
    const [head = '', ...rules] = shippedText('prometheus_k8s/adapter-configmap.yaml').split(
      /^(?=\n {4}# Calls per second)/m,
    );
    const written = textOf(adopted, 'prometheus_k8s/adapter-configmap.yaml');
    assert.equal(rules.length, 3);
    for (const rule of [head, ...rules.slice(2)]) assert.ok(written.includes(rule), rule);
    assert.doesNotMatch(written, /grpc_requests_total/);
  });
});
