// The two secrets that deploy-all.sh makes: real certificates by the real openssl, and a password that is never shown.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { StubCluster } from './support/stub-cluster';

const ADAPTER = ['--no-build', '--timeout', '5', '--only', 'adapter'];
const GRAFANA = ['--no-build', '--timeout', '5', '--only', 'grafana'];
const HOST = 'prometheus-adapter.prometheus.svc';

test('deploy-all.sh makes a certificate signed by its own CA, and gives that CA to the API server', async (t) => {
  const cluster = new StubCluster(t);
  const run = await cluster.run(ADAPTER);
  assert.equal(run.code, 0, run.stderr);
  const { data, type } = secret(cluster, 'prometheus-adapter-tls');
  const ca = new X509Certificate(decoded(data['ca.crt']));
  const serving = new X509Certificate(decoded(data['tls.crt']));
  assert.equal(type, 'kubernetes.io/tls');
  assert.ok(ca.ca && !serving.ca);
  assert.ok(serving.verify(ca.publicKey));
  assert.equal(serving.checkHost(HOST), HOST);
  assert.ok(serving.checkPrivateKey(createPrivateKey(decoded(data['tls.key']))));
  const apiService = parse(cluster.applied('apiservice/prometheus_k8s/adapter-apiservice.yaml'));
  assert.equal(apiService.spec.caBundle, data['ca.crt']);
  assert.equal(apiService.spec.insecureSkipTLSVerify, undefined);
  assertNotSaid(`${run.stdout}${run.stderr}${run.calls.join('\n')}`, data['tls.key'] ?? '');
});

test('deploy-all.sh keeps a good certificate', async (t) => {
  const cluster = new StubCluster(t);
  await cluster.run(ADAPTER);
  const before = cluster.applied('prometheus-adapter-tls');
  const run = await cluster.run(ADAPTER);
  assert.match(run.stdout, /the serving certificate is valid for more than 30 days/);
  assert.equal(cluster.applied('prometheus-adapter-tls'), before);
  assert.match(run.stdout, /^0 objects changed/m);
});

for (const { what, days, host } of [
  { what: 'ends within 30 days', days: 29, host: HOST },
  { what: 'is for another name', days: 300, host: 'adapter.elsewhere.svc' },
]) {
  test(`deploy-all.sh renews a certificate that ${what}, and rolls the adapter`, async (t) => {
    const cluster = new StubCluster(t);
    await cluster.run(ADAPTER);
    replaceCertificate(t, cluster, days, host);
    const run = await cluster.run(ADAPTER);
    assert.equal(run.code, 0, run.stderr);
    const { data } = secret(cluster, 'prometheus-adapter-tls');
    const serving = new X509Certificate(decoded(data['tls.crt']));
    assert.ok(Date.parse(serving.validTo) - Date.now() > 360 * 86_400_000);
    assert.equal(serving.checkHost(HOST), HOST);
    assert.ok(run.calls.includes('kubectl @ -n prometheus rollout restart deployment/prometheus-adapter'));
    assert.equal(
      parse(cluster.applied('apiservice/prometheus_k8s/adapter-apiservice.yaml')).spec.caBundle,
      data['ca.crt'],
    );
  });
}

test('deploy-all.sh makes no new certificate when the API server fails to answer', async (t) => {
  const cluster = new StubCluster(t);
  await cluster.run(ADAPTER);
  const before = cluster.applied('prometheus-adapter-tls');
  cluster.rule({ call: '*get secret prometheus-adapter-tls*', code: 1, stderr: 'timeout\n' });
  assert.equal((await cluster.run(ADAPTER)).code, 1);
  assert.equal(cluster.applied('prometheus-adapter-tls'), before);
});

test('deploy-all.sh makes Grafana’s password once, at random, and never prints it', async (t) => {
  const cluster = new StubCluster(t);
  const run = await cluster.run(GRAFANA);
  assert.equal(run.code, 0, run.stderr);
  const encoded = secret(cluster, 'grafana-admin').data['admin-password'] ?? '';
  const password = decoded(encoded).toString();
  assert.match(password, /^[0-9a-f]{40}$/);
  await cluster.run(GRAFANA);
  assert.equal(secret(cluster, 'grafana-admin').data['admin-password'], encoded);

  const another = new StubCluster(t);
  const full = await another.run(['--no-build', '--timeout', '5']);
  const other = secret(another, 'grafana-admin').data['admin-password'] ?? '';
  assert.notEqual(other, encoded);
  const said = `${full.stdout}${full.stderr}${full.calls.join('\n')}`;
  assertNotSaid(said, other);
  assertNotSaid(said, decoded(other).toString());
  assert.match(full.stdout, /get secret grafana-admin -o jsonpath='\{\.data\.admin-password\}' \| base64 --decode/);
});

test('deploy-all.sh makes no new password when the API server fails to answer', async (t) => {
  const cluster = new StubCluster(t).rule({ call: '*get secret grafana-admin*', code: 1, stderr: 'timeout\n' });
  assert.equal((await cluster.run(GRAFANA)).code, 1);
  assert.ok(!cluster.appliedNames.includes('grafana-admin'));
});

interface Secret {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

function secret(cluster: StubCluster, name: string): Secret {
  return parse(cluster.applied(name)) as Secret;
}

function decoded(text = ''): Buffer {
  return Buffer.from(text, 'base64');
}

function assertNotSaid(text: string, value: string): void {
  assert.ok(value.length > 20);
  assert.ok(!text.includes(value), 'a secret was printed, or stood in an argument list');
}

/** Puts a certificate of its own making in the place of the one that the cluster holds. */
function replaceCertificate(t: TestContext, cluster: StubCluster, days: number, host: string): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [key, certificate, config] = ['key', 'crt', 'cnf'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(config, `[req]\ndistinguished_name=name\nprompt=no\n[name]\nCN=x\n[ext]\nsubjectAltName=DNS:${host}\n`);
  const request = `req -x509 -newkey rsa:2048 -nodes -days ${days} -extensions ext`.split(' ');
  execFileSync('openssl', [...request, '-config', config, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const encoded = readFileSync(certificate).toString('base64');
  const text = cluster
    .applied('prometheus-adapter-tls')
    .replace(/ca\.crt: .*/, `ca.crt: ${encoded}`)
    .replace(/tls\.crt: .*/, `tls.crt: ${encoded}`);
  writeFileSync(cluster.pathOfApplied('prometheus-adapter-tls'), text);
}
