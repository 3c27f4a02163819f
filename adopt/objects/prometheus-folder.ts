// prometheus_k8s/ for the user's services: all of the shipped folder, reading their metrics and making theirs of them.
import type { Service } from '../service/service';
import { YamlText } from '../yaml-text/yaml-text';
import { adaptRules } from './adapter-rules';
import { openScrapes } from './network-policies';
import { SHIPPED, type ShippedFiles } from './shipped-files';

const FOLDERS = ['prometheus_k8s', 'prometheus_k8s/helm'];

export function prometheusFolder(shipped: ShippedFiles, services: readonly Service[]): readonly YamlText[] {
  return FOLDERS.flatMap((folder) => shipped.filesIn(folder)).map((file) => {
    const text = shipped.open(file);
    EDITS[file]?.(text, services);
    return text;
  });
}

type Edit = (text: YamlText, services: readonly Service[]) => void;

const EDITS: Readonly<Record<string, Edit>> = {
  'prometheus_k8s/adapter-configmap.yaml': (text, services) => {
    inside(text, 'config.yaml', (config) => adaptRules(config, ['rules'], services));
  },
  'prometheus_k8s/helm/prometheus-adapter-values.yaml': (text, services) => {
    adaptRules(text, ['rules', 'custom'], services);
  },
  'prometheus_k8s/prometheus-configmap.yaml': (text, services) => {
    inside(text, 'prometheus.yml', (config) => scrape(config, services));
  },
  'prometheus_k8s/prometheus-networkpolicy.yaml': openScrapes,
};

function inside(text: YamlText, key: string, edit: (content: YamlText) => void): void {
  const content = new YamlText(`${text.name}: ${key}`, String(text.value(['data', key])));
  edit(content);
  text.setBlock(['data', key], content.text);
}

/** Pods are looked for in the namespaces that have some with metrics, and may be looked for (role.yaml there). */
function scrape(config: YamlText, services: readonly Service[]): void {
  const job = config.indexOf(['scrape_configs'], 'job_name', 'pods');
  const names = ['scrape_configs', job, 'kubernetes_sd_configs', 0, 'namespaces', 'names'] as const;
  const listed = config.value(names) as string[];
  const scraped = services.filter(({ metrics }) => metrics !== undefined).map(({ namespace }) => namespace);
  config.remove([...names, listed.indexOf(SHIPPED.client)]);
  config.replaceItem(
    [...names, listed.indexOf(SHIPPED.namespace)],
    [...new Set(scraped)].map((namespace) => `- ${JSON.stringify(namespace).replace(/^"([a-z].*)"$/, '$1')}\n`),
  );
}
