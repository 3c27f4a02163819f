// The rules of Kubernetes' Pod Security Standard "restricted", and what is asked of every pod beyond them: nothing runs
// as root, writes to its root file system, or holds a token that it does not need.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { all, containerOf } from '../support/read-manifests';

const ASKS_THE_API_SERVER = ['prometheus', 'prometheus-adapter'];
const MESHED = ['envoy', 'grpc-client', 'grpc-server'];

for (const deployment of all('Deployment')) {
  const { name, namespace } = deployment.metadata;
  const pod = deployment.spec.template.spec;

  describe(`the pods of ${name}`, () => {
    it('run as a numbered user that is not root, under the default seccomp profile', () => {
      const { securityContext } = pod;
      assert.equal(securityContext.runAsNonRoot, true);
      assert.ok((securityContext.runAsUser ?? 0) > 0);
      assert.deepEqual(securityContext.seccompProfile, { type: 'RuntimeDefault' });
    });

    it('share nothing with their node', () => {
      assert.deepEqual([pod.hostNetwork, pod.hostPID, pod.hostIPC], [undefined, undefined, undefined]);
      const allowed = ['configMap', 'secret', 'emptyDir'];
      for (const { name: _, ...source } of pod.volumes ?? []) {
        assert.ok(allowed.includes(Object.keys(source)[0] ?? ''), JSON.stringify(source));
      }
      for (const volume of pod.volumes ?? []) {
        if (volume.emptyDir !== undefined) assert.match(volume.emptyDir.sizeLimit ?? '', /^\d+[MG]i$/, volume.name);
      }
    });

    it('have containers without privileges, capabilities, or a file system to write to', () => {
      for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        for (const port of container.ports) assert.equal(port.hostPort, undefined);
        for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
          assert.equal(probe.httpGet?.host ?? probe.tcpSocket?.host, undefined);
        }
      }
    });

    it('have an account of their own, and a token only if they call the API server', () => {
      const needsToken = ASKS_THE_API_SERVER.includes(name);
      assert.equal(pod.serviceAccountName, name);
      assert.equal(pod.automountServiceAccountToken, needsToken);
      const accounts = all('ServiceAccount').filter(({ metadata }) => metadata.name === name);
      assert.deepEqual(
        accounts.map((account) => [account.metadata.namespace, account.automountServiceAccountToken]),
        [[namespace, false]],
      );
      assert.equal(pod.enableServiceLinks, false);
    });
  });
}

describe('the namespaces', () => {
  for (const { metadata } of all('Namespace')) {
    const isMeshed = MESHED.includes(metadata.name);
    const level = (mode: string) => metadata.labels?.[`pod-security.kubernetes.io/${mode}`];

    it(`${metadata.name} ${isMeshed ? 'warns of' : 'refuses'} pods that are not restricted`, () => {
      assert.deepEqual([level('warn'), level('audit')], ['restricted', 'restricted']);
      // linkerd-init needs capabilities that no level but "privileged" lets pass. Where there is no mesh deploy-all.sh
      // raises the level, and disables the injection (tests/deploy/mesh.test.ts).
      assert.equal(level('enforce'), isMeshed ? 'privileged' : 'restricted');
    });

    it(`${metadata.name} is unrestricted only if its annotation lets in proxies`, () => {
      const letsProxiesIn = metadata.annotations?.['linkerd.io/inject'] === 'enabled';
      assert.equal(level('enforce') === 'privileged', letsProxiesIn, 'enforce and inject have to change together');
    });

    it(`${metadata.name} is ${isMeshed ? '' : 'not '}part of the mesh`, () => {
      assert.equal(metadata.annotations?.['linkerd.io/inject'], isMeshed ? 'enabled' : 'disabled');
    });
  }

  it('are the only place that says so: no pod template and no Deployment repeats it', () => {
    const templates = all('Deployment').flatMap(({ metadata, spec }) => [metadata, spec.template.metadata]);
    for (const { annotations = {} } of templates) assert.equal(annotations['linkerd.io/inject'], undefined);
  });
});

describe('rights', () => {
  it('allow reading pods in the scraped namespaces', () => {
    assert.deepEqual(
      all('Role')
        .map(({ metadata }) => metadata.namespace)
        .sort(),
      MESHED,
    );
    for (const { rules } of all('Role')) {
      assert.deepEqual(rules, [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
    }
  });

  it('go to Prometheus, and to the adapter where something is scaled', () => {
    const given = all('RoleBinding').filter(({ metadata }) => metadata.name === 'pod-reader');
    const scaled = all('HorizontalPodAutoscaler').map(({ metadata }) => metadata.namespace);
    for (const { metadata, subjects } of given) {
      const expected = scaled.includes(metadata.namespace) ? ['prometheus', 'prometheus-adapter'] : ['prometheus'];
      assert.deepEqual(
        subjects.map(({ name }) => name),
        expected,
        metadata.namespace,
      );
    }
  });

  it('for the whole cluster are only those of system:auth-delegator', () => {
    assert.deepEqual(
      all('ClusterRoleBinding').map(({ roleRef }) => roleRef.name),
      ['system:auth-delegator'],
    );
  });
});

describe('Grafana', () => {
  it('asks for a password that is in no file', () => {
    const [grafana] = all('Deployment').filter(({ metadata }) => metadata.name === 'grafana');
    assert.ok(grafana);
    const env = Object.fromEntries((containerOf(grafana).env ?? []).map(({ name, value }) => [name, value]));
    assert.equal(env.GF_AUTH_ANONYMOUS_ENABLED, 'false');
    assert.equal(env.GF_USERS_ALLOW_SIGN_UP, 'false');
    assert.equal(env.GF_SECURITY_ADMIN_PASSWORD, undefined);
    assert.equal(env.GF_SECURITY_ADMIN_PASSWORD__FILE, '/run/secrets/grafana/admin-password');
    const volume = grafana.spec.template.spec.volumes?.find(({ secret }) => secret?.secretName === 'grafana-admin');
    const mount = containerOf(grafana).volumeMounts?.find(({ name }) => name === volume?.name);
    assert.equal(mount?.mountPath, '/run/secrets/grafana');
  });
});
