// The configuration of a local Prometheus: the shipped one, with pods found in a file instead of through the Kubernetes
// API. What that file says of a pod is what the shipped relabelling would make of it.
import { collectProblems, type Field } from '../../manifest-reader/fields';
import { readCarriedFile } from '../../manifest-reader/manifest-files';
import type { PodManifest } from '../../manifest-reader/pod-manifest';
import { formatYaml } from '../../manifest-reader/yaml-document';

const FILE = 'prometheus_k8s/prometheus-configmap.yaml';
const KEY = 'prometheus.yml';
/** Where a change of the file was not noticed. */
const REREAD = '5s';

/**
 * The `global` part and the job of the pods as they stand, but for the discovery.
 * @param targetsFile an absolute path that ends in .json
 * @throws ManifestError, or the error of the file system or of YAML, when `root` does not hold what is expected
 */
export function localPrometheusConfig(root: string, targetsFile: string): string {
  const { global, podsJob } = collectProblems((report) => {
    const shipped = readCarriedFile(root, FILE, KEY, report);
    return { global: shipped.get('global').value, podsJob: findPodsJob(shipped.get('scrape_configs')) };
  });
  const { kubernetes_sd_configs: _discovery, relabel_configs: _labels, ...job } = podsJob;
  return formatYaml({
    global,
    scrape_configs: [{ ...job, file_sd_configs: [{ files: [targetsFile], refresh_interval: REREAD }] }],
  });
}

export interface ScrapedPod {
  readonly name: string;
  readonly address: string;
  readonly manifest: PodManifest;
}

/** The content of the targets file. Pods that no annotation wants to be read are left out. */
export function targetsOf(pods: readonly ScrapedPod[]): string {
  const targets = pods.flatMap(({ name, address, manifest: { scrape, deployment } }) =>
    scrape === undefined
      ? []
      : [
          {
            targets: [`${address}:${scrape.port}`],
            labels: { __metrics_path__: scrape.path, namespace: deployment, pod: name, job: deployment },
          },
        ],
  );
  return JSON.stringify(targets);
}

/** The one job that finds pods. */
function findPodsJob(jobs: Field): Record<string, unknown> {
  const job = jobs.items().find((each) =>
    each
      .get('kubernetes_sd_configs')
      .items()
      .some((discovery) => discovery.get('role').value === 'pod'),
  );
  if (job === undefined) jobs.refuse('a job that discovers pods');
  return job?.value as Record<string, unknown>;
}
