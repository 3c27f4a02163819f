// Metrics that autoscalers ask for, the rules of the adapter that make them, and the labels these rely on.
import type { AdapterRule } from '../chain/adapter';
import { adapterRules } from '../chain/adapter';
import { autoscalers } from '../chain/autoscaler';
import type { Chain } from '../chain/chain';
import { type ScrapeJob, scrapeJobs } from '../chain/scrape';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

export const unmadeMetric: Rule = {
  code: 'GLB013',
  level: 'error',
  title: 'An autoscaler asks for a metric that no rule of the adapter makes',
  harm: 'it gets no value and so never adds a pod: under load the pods that there are get all calls',
  cure: 'give the rule and the autoscaler one name (name.as of the rule, metric.name of the autoscaler)',
  sources: ['https://github.com/kubernetes-sigs/prometheus-adapter/issues/495'],
  check: (chain) =>
    autoscalers(chain).flatMap(({ object, metrics }) =>
      metrics.flatMap((metric): readonly Observation[] => {
        const isExternal = metric.get('type').value === 'External';
        const source = metric.get(isExternal ? 'external' : metric.get('type').value === 'Object' ? 'object' : 'pods');
        const name = source.get('metric', 'name').text();
        if (name === undefined) return [];
        const subject = objectSubject(object);
        const rules = adapterRules(chain).filter((rule) => rule.isExternal === isExternal);
        const api = isExternal ? 'external' : 'custom';
        // Another program may own that API.
        if (rules.length === 0) return [blind(subject, `the rules that make ${name} for the API of ${api} metrics`)];
        if (rules.some((rule) => rule.metric === name)) return [passed(subject)];
        if (rules.some((rule) => rule.metric === undefined)) {
          return [blind(subject, `the series in Prometheus, of which a rule makes names, perhaps ${name}`)];
        }
        const names = rules.map((rule) => rule.metric).join(', ');
        return [found(subject, source.get('metric', 'name'), `it asks for ${name}; the rules make ${names}`)];
      }),
    ),
};

/** Series that carry labels of namespace and pod by themselves: of cAdvisor, kube-state-metrics and meshes. */
const LABELLED = /^(container_|kube_|kubelet_|node_|istio_|response_|request_|tcp_)/;

export const unsetLabels: Rule = {
  code: 'GLB014',
  level: 'error',
  title: "A rule of the adapter goes by a label that no scrape of Prometheus' sets",
  harm:
    'the adapter cannot tell whose a series is, and makes no metric of it: the autoscaler gets no value and never adds ' +
    'a pod',
  cure: 'one name in both: target_label of a relabeling in Prometheus, and the key under overrides in the rule',
  sources: [
    'https://github.com/kubernetes-sigs/prometheus-adapter/issues/18',
    'https://github.com/kubernetes-sigs/prometheus-adapter/issues/355',
  ],
  check: (chain) =>
    adapterRules(chain)
      .filter(({ isExternal }) => !isExternal)
      .flatMap((rule) => overrides(rule).map((override) => labelObservation(chain, rule, override))),
};

interface Override {
  readonly label: string;
  readonly at: AdapterRule['at'];
  /** What discovery calls the same thing. */
  readonly source: string;
}

function overrides({ at }: AdapterRule): readonly Override[] {
  const sources: Readonly<Record<string, string>> = {
    namespace: '__meta_kubernetes_namespace',
    pod: '__meta_kubernetes_pod_name',
  };
  return at
    .get('resources', 'overrides')
    .entries()
    .flatMap(([label, override]) => {
      const source = sources[override.get('resource').text()?.replace(/s$/, '') ?? ''];
      return source === undefined ? [] : [{ label, at: override, source }];
    });
}

function labelObservation(chain: Chain, rule: AdapterRule, { label, at, source }: Override): Observation {
  const subject = objectSubject(rule.object);
  const jobs = scrapeJobs(chain).filter(({ isDiscovered }) => isDiscovered);
  if (jobs.length === 0) return blind(subject, 'the scrape_configs of Prometheus');
  if (jobs.some(({ labels }) => labels.has(label)) || isLabelOfPods(chain, jobs, label)) return passed(subject);
  const given = jobs.flatMap(({ labels }) => [...labels]).filter(([, from]) => from === source);
  const [other] = given.map(([name]) => name);
  // Without a relabeling of the same thing the series may have the label from the program itself.
  if (other === undefined || rule.series === undefined || LABELLED.test(rule.series)) {
    return blind(subject, `the series ${rule.series ?? 'of that rule'}, for a label ${label} of its own`);
  }
  return found(subject, at, `the rule goes by the label ${label}; Prometheus writes ${source} into ${other}`);
}

function isLabelOfPods(chain: Chain, jobs: readonly ScrapeJob[], label: string): boolean {
  return jobs.some(({ mapsPodLabels }) => mapsPodLabels) && chain.workloads.some(({ podLabels }) => label in podLabels);
}
