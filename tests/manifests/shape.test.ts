// How each manifest file has to look, whatever it holds: one object, named and labelled as its neighbours, explained in
// its first line, and safe to hand to `kubectl apply -f FOLDER/`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { configMapsOf } from '../../manifest-reader/config-checksum';
import type { Deployment } from '../support/kubernetes-objects';
import {
  all,
  FOLDERS,
  filesOf,
  HELM_FILE,
  manifests,
  OTHER_SERVERS_FILE,
  optionalFiles,
  ROOT,
  readManifest,
} from '../support/read-manifests';

const NAMESPACES: Readonly<Record<(typeof FOLDERS)[number], string>> = {
  prometheus_k8s: 'prometheus',
  grpc_server_k8s: 'grpc-server',
  envoy_proxy_k8s: 'envoy',
  grpc_client_k8s: 'grpc-client',
  grafana_k8s: 'grafana',
};
const CLUSTER_WIDE = new Set(['Namespace', 'APIService', 'ClusterRoleBinding']);

describe('each manifest file', () => {
  for (const file of [...FOLDERS.flatMap(filesOf), ...optionalFiles()]) {
    it(`${file} is one object with its fields in order`, () => {
      const { object } = readManifest(file);
      const known = ['apiVersion', 'kind', 'metadata', 'automountServiceAccountToken', 'roleRef', 'subjects', 'rules'];
      const order = Object.keys(object).filter((key) => !['spec', 'data'].includes(key));
      assert.deepEqual(
        order,
        known.filter((key) => order.includes(key)),
        'apiVersion, kind, metadata come first',
      );
      assert.deepEqual(order.slice(0, 3), ['apiVersion', 'kind', 'metadata']);
    });

    it(`${file} lives in its folder's namespace and carries the common labels`, () => {
      const { object } = readManifest(file);
      const namespace = NAMESPACES[file.split('/')[0] as keyof typeof NAMESPACES];
      if (CLUSTER_WIDE.has(object.kind)) assert.equal(object.metadata.namespace, undefined);
      else if (file === 'prometheus_k8s/adapter-rolebinding.yaml')
        assert.equal(object.metadata.namespace, 'kube-system');
      else assert.equal(object.metadata.namespace, namespace);
      const { labels = {} } = object.metadata;
      for (const label of ['name', 'component', 'part-of']) assert.ok(labels[`app.kubernetes.io/${label}`], label);
      assert.equal(labels['app.kubernetes.io/part-of'], 'grpc-load-balancing');
    });
  }

  for (const file of [...FOLDERS.flatMap(filesOf), ...optionalFiles(), HELM_FILE, OTHER_SERVERS_FILE]) {
    it(`${file} says in its first line what it is for, and has the common layout`, () => {
      const text = readFileSync(path.join(ROOT, file), 'utf8');
      assert.match(text, /^# \S.{20,}/);
      assert.doesNotMatch(text, /\t|[ ]+$/m, 'no tabs, no trailing blanks');
      assert.match(text, /[^\n]\n$/, 'one newline at the end');
      const isWide = (line: string) => line.length > 120 && !line.includes('"@type"');
      if (!file.includes('/dashboard-')) assert.deepEqual(text.split('\n').filter(isWide), [], 'at most 120 columns');
    });
  }
});

describe('each folder', () => {
  for (const folder of FOLDERS) {
    it(`${folder} begins with its namespace, so that one kubectl apply is enough`, () => {
      const objects = filesOf(folder).map((file) => readManifest(file).object);
      assert.equal(objects[0]?.kind, 'Namespace');
      assert.equal(objects[0]?.metadata.name, NAMESPACES[folder]);
      assert.equal(objects.filter(({ kind }) => kind === 'Namespace').length, 1);
    });
  }

  for (const folder of FOLDERS) {
    it(`${folder} lists what a pod needs before the pod`, () => {
      const seen = new Set<string>();
      for (const { object } of manifests().filter((manifest) => manifest.folder === folder)) {
        if (object.kind === 'Deployment') {
          const { template } = (object as Deployment).spec;
          assert.ok(seen.has(`ServiceAccount ${template.spec.serviceAccountName}`), template.spec.serviceAccountName);
          for (const name of configMapsOf(template)) assert.ok(seen.has(`ConfigMap ${name}`), name);
        }
        seen.add(`${object.kind} ${object.metadata.name}`);
      }
    });
  }

  it('holds no object twice', () => {
    const names = manifests().map(({ object: { kind, metadata } }) => `${kind} ${metadata.namespace}/${metadata.name}`);
    assert.deepEqual(names, [...new Set(names)]);
  });
});

describe('images', () => {
  const PINNED: Readonly<Record<string, string>> = {
    'grpc-server': 'grpc-server:dev',
    'grpc-client': 'grpc-client:dev',
    envoy: 'envoyproxy/envoy:v1.40.2',
    prometheus: 'prom/prometheus:v3.16.0',
    'prometheus-adapter': 'registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0',
    grafana: 'grafana/grafana:13.2.2',
  };
  for (const [name, image] of Object.entries(PINNED)) {
    it(`${name} runs ${image}, pulled only where it is missing`, () => {
      const pods = all('Deployment').filter(({ metadata }) => metadata.name === name);
      const containers = pods.flatMap(({ spec }) => spec.template.spec.containers);
      assert.deepEqual(
        containers.map((container) => [container.name, container.image, container.imagePullPolicy]),
        [[name, image, 'IfNotPresent']],
      );
    });
  }

  it('are all known here', () => {
    assert.deepEqual(
      all('Deployment')
        .map(({ metadata }) => metadata.name)
        .sort(),
      Object.keys(PINNED).sort(),
    );
  });

  it('have the version that the Helm values name', () => {
    const values = parse(readFileSync(path.join(ROOT, HELM_FILE), 'utf8'));
    assert.ok(PINNED['prometheus-adapter']?.endsWith(`:${values.image.tag}`));
  });
});
