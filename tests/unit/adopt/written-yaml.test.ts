// Every file that adopt writes for the samples: an object that the API server takes, laid out as the shipped ones, with no
// name of the greeter left, and with names, ports and numbers that agree with each other.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { CHECKSUM_ANNOTATION, configChecksum, configMapsOf } from '../../../manifest-reader/config-checksum';
import { type Adopted, adoptAll, dashboardsOf, GO_ORDERS, PYTHON_IMAGES } from '../../support/adopted';
import { panelQueries } from '../../support/dashboards';
import type { ConfigMap, Deployment, KubernetesObject } from '../../support/kubernetes-objects';
import { problemsOf } from '../../support/kubernetes-schema';
import { parseQuery } from '../../support/promql';

const HELM = 'prometheus_k8s/helm/prometheus-adapter-values.yaml';

for (const [name, runs] of [
  ['a service in Go', [GO_ORDERS]],
  ['a service in Python', [PYTHON_IMAGES]],
  ['both behind the same Envoys', [GO_ORDERS, PYTHON_IMAGES]],
] as const) {
  describe(`what adopt writes for ${name}`, () => {
    let adopted: Adopted;
    let manifests: readonly { readonly file: string; readonly text: string; readonly object: KubernetesObject }[];
    before(async () => {
      adopted = await adoptAll(runs);
      assert.deepEqual(adopted.problems, []);
      manifests = [...adopted.files]
        .filter(([file]) => /\.(yaml|last-applied)$/.test(file) && file !== HELM)
        .map(([file, text]) => ({ file, text, object: parse(text) as KubernetesObject }));
      assert.ok(manifests.length > 40);
    });

    it('is what Kubernetes takes', () => {
      for (const { file, object } of manifests) assert.deepEqual(problemsOf(object), [], file);
    });

    it('is no object twice', () => {
      const objects = manifests.filter(({ file }) => !file.endsWith('.last-applied'));
      const names = objects.map(({ object: { kind, metadata } }) => `${kind} ${metadata.namespace}/${metadata.name}`);
      assert.deepEqual(names, [...new Set(names)]);
    });

    it('has lines of at most 120 columns, but for dashboards, and no trailing blanks', () => {
      for (const { file, text } of manifests) {
        if (file.includes('/dashboard-') || file.includes('/patch/')) continue;
        const wide = text.split('\n').filter((line) => line.length > 120 && !line.includes('"@type"'));
        assert.deepEqual(wide, [], file);
        assert.doesNotMatch(text, /[ ]+$/m, file);
      }
    });

    it('has no name of the greeter, its server or its client any more', () => {
      for (const { file, text } of manifests) {
        const found = text.match(/.*(grpc-server|grpc_server_k8s|[gG]reeter|SayHello).*/g) ?? [];
        // The dashboards tell what they show by the greeter's own metrics, and say so in NEXT-STEPS.md.
        assert.deepEqual(file.includes('/dashboard-') ? found.filter((line) => /="/.test(line)) : found, [], file);
      }
    });

    it('rolls the pods whose ConfigMaps differ', () => {
      const configMaps = manifests
        .map(({ object }) => object)
        .filter(({ kind }) => kind === 'ConfigMap') as ConfigMap[];
      for (const { file, object } of manifests) {
        if (object.kind !== 'Deployment' || file.includes('/patch/')) continue;
        const { template } = (object as Deployment).spec;
        const read = configMaps.filter(({ metadata }) => configMapsOf(template).includes(metadata.name));
        assert.equal(template.metadata.annotations?.[CHECKSUM_ANNOTATION], configChecksum(read), file);
      }
    });

    it('has rules and dashboards whose queries Prometheus can read', () => {
      let count = 0;
      const check = (query: string) => {
        assert.deepEqual(parseQuery(query).errors, [], query);
        count += 1;
      };
      for (const query of dashboardsOf(adopted).flatMap(panelQueries)) check(query.promql());
      for (const { object } of manifests) {
        if (object.kind !== 'ConfigMap') continue;
        for (const [key, text] of Object.entries((object as ConfigMap).data)) {
          if (key !== 'config.yaml') continue;
          for (const { seriesQuery, metricsQuery } of parse(text).rules) {
            const filled = metricsQuery
              .replaceAll('<<.Series>>', parseQuery(seriesQuery).selectors[0]?.metric)
              .replaceAll('<<.LabelMatchers>>', 'namespace="shop",pod=~"a|b"')
              .replaceAll('<<.GroupBy>>', 'pod');
            check(filled);
          }
        }
      }
      assert.ok(count > 80, `${count} queries`);
    });

    it('gives the Helm chart the rules of the adapter', () => {
      const rules = parse(
        (parse(adopted.files.get('prometheus_k8s/adapter-configmap.yaml') ?? '') as ConfigMap).data['config.yaml'] ??
          '',
      ).rules;
      assert.deepEqual(parse(adopted.files.get(HELM) ?? '').rules.custom, rules);
      assert.ok(rules.length >= 2);
    });
  });
}
