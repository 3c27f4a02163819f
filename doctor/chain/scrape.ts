// How Prometheus finds pods, how often it reads them, and which labels it gives to what it read: scrape_configs in a
// ConfigMap, and the Prometheus Operator's monitors.
import type { Placed } from '../../manifest-reader/positions/placed';
import { admits, type Labels } from '../../prometheus-text/matchers';
import type { ManifestObject } from '../input/manifest-object';
import { carriedTexts } from './carried-text';
import type { Chain } from './chain';
import { seconds } from './duration';

export interface ScrapeJob {
  readonly object: ManifestObject;
  /** Seconds; undefined where the input does not say it. */
  readonly intervalSeconds: number | undefined;
  /** Labels of series, each with the label of discovery that it comes from, if it comes from one. */
  readonly labels: ReadonlyMap<string, string | undefined>;
  /** Rules about what was read, by which series may be dropped. */
  readonly metricRelabelings: readonly Placed[];
  /** Its labels are those of pods too (labelmap). */
  readonly mapsPodLabels: boolean;
  /** It finds its targets by asking Kubernetes. */
  readonly isDiscovered: boolean;
  /** Namespaces that it looks in; undefined for all, or where it is not known. */
  readonly namespaces: readonly string[] | undefined;
}

/** Prometheus' own default. */
const DEFAULT_INTERVAL = '1m';

export function scrapeJobs(chain: Chain): readonly ScrapeJob[] {
  const configured = carriedTexts(chain, /^\s*["']?scrape_configs["']?:/m).flatMap(({ object, at }) => {
    const global = at.get('global', 'scrape_interval').text() ?? DEFAULT_INTERVAL;
    return at
      .get('scrape_configs')
      .items()
      .map((job) => readJob(job, object, global));
  });
  return [...configured, ...chain.ofKind('PodMonitor', 'ServiceMonitor').map(readMonitor)];
}

/** The shortest interval at which pods are read; undefined where one job does not say it, or there is none. */
export function shortestInterval(jobs: readonly ScrapeJob[]): number | undefined {
  const intervals = jobs.filter(({ isDiscovered }) => isDiscovered).map(({ intervalSeconds }) => intervalSeconds);
  const known = intervals.filter((interval) => interval !== undefined);
  return known.length === 0 || known.length < intervals.length ? undefined : Math.min(...known);
}

function readJob(job: Placed, object: ManifestObject, globalInterval: string): ScrapeJob {
  const relabelings = [...job.get('relabel_configs').items(), ...job.get('metric_relabel_configs').items()];
  const discoveries = job.get('kubernetes_sd_configs').items();
  const names = discoveries.flatMap((discovery) => discovery.get('namespaces', 'names').items());
  const isOpen = discoveries.some((discovery) => discovery.get('namespaces', 'names').items().length === 0);
  return {
    object,
    intervalSeconds: seconds(job.get('scrape_interval').text() ?? globalInterval),
    labels: new Map([...staticLabels(job), ...relabelings.flatMap(targetLabel)]),
    metricRelabelings: job.get('metric_relabel_configs').items(),
    mapsPodLabels: relabelings.some(
      (each) =>
        each.get('action').value === 'labelmap' && /pod_(annotation|label)/.test(each.get('regex').text() ?? ''),
    ),
    isDiscovered: discoveries.length > 0,
    namespaces: isOpen ? undefined : names.map(({ value }) => String(value)),
  };
}

function staticLabels(job: Placed): readonly (readonly [string, undefined])[] {
  const groups = job.get('static_configs').items();
  return groups.flatMap((group) =>
    group
      .get('labels')
      .entries()
      .map(([label]) => [label, undefined] as const),
  );
}

function targetLabel(relabeling: Placed): readonly (readonly [string, string | undefined])[] {
  const target = relabeling.get('target_label').text();
  if (target === undefined) return [];
  const [source] = relabeling.get('source_labels').items();
  return [[target, source?.text()]];
}

/** The operator writes these labels unless relabelings say otherwise. */
const MONITOR_LABELS = ['namespace', 'pod', 'container', 'endpoint', 'service', 'job', 'instance'];

function readMonitor(object: ManifestObject): ScrapeJob {
  const spec = object.at.get('spec');
  const endpoints = [...spec.get('podMetricsEndpoints').items(), ...spec.get('endpoints').items()];
  const intervals = endpoints.map((endpoint) => seconds(endpoint.get('interval').text()));
  const known = intervals.filter((interval) => interval !== undefined);
  return {
    object,
    intervalSeconds: known.length < intervals.length || known.length === 0 ? undefined : Math.min(...known),
    labels: new Map([
      ...MONITOR_LABELS.map((label) => [label, undefined] as const),
      ...endpoints.flatMap((endpoint) =>
        [...endpoint.get('relabelings').items(), ...endpoint.get('metricRelabelings').items()]
          .map((each) => each.get('targetLabel').text())
          .filter((label) => label !== undefined)
          .map((label) => [label, undefined] as const),
      ),
    ]),
    metricRelabelings: endpoints.flatMap((endpoint) => endpoint.get('metricRelabelings').items()),
    mapsPodLabels: false,
    isDiscovered: true,
    namespaces: undefined,
  };
}

/** Whether a job drops a series with these labels after reading it; source_labels that are not among them drop nothing. */
export function isDropped({ metricRelabelings }: ScrapeJob, labels: Labels): boolean {
  return metricRelabelings.some((relabeling) => {
    if (relabeling.get('action').value !== 'drop') return false;
    const sources = listOf(relabeling, 'source_labels', 'sourceLabels').map((label) => labels[label]);
    const regex = relabeling.get('regex').text();
    if (regex === undefined || sources.includes(undefined)) return false;
    const value = sources.join(relabeling.get('separator').text() ?? ';');
    return admits([{ label: 'joined', operator: '=~', value: regex }], { joined: value }) === true;
  });
}

function listOf(at: Placed, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => at.get(name).items()).map(({ value }) => String(value));
}
