// The dashboard about the spread of calls, for services whose pods may show nothing to Prometheus: what only pods could tell
// is told by Envoy, which counts by the address of a pod, and panels that nothing can fill are left out. Callers of the user's
// are not scraped, so no panel asks them.
import type { Service } from '../service/service';
import { editPanels, editQueries, type PanelEdit } from './panels';
import { HEALTHY_PODS, ofEnvoy } from './queries';

const OWN = 'namespace="$server_namespace",$method_label=~"$method"';
const CALLS = `rate($metric{${OWN}}[$window])`;
const TOTAL = `sum(${CALLS})`;
const BY_POD = `sum by (pod) (${CALLS})`;
const BY_CODE = `sum by ($code_label) (${CALLS})`;
const FAILED = `(sum(rate($metric{${OWN},$code_label!="OK"}[$window])) or vector(0)) / ${TOTAL}`;
const UP = 'sum(up{namespace="$server_namespace"})';
const FAILED_AT_CLIENTS =
  '(sum(rate($client_metric{namespace="$client_namespace",$code_label!="OK"}[$window])) or vector(0)) / ' +
  'sum(rate($client_metric{namespace="$client_namespace"}[$window]))';
const QUANTILE =
  /histogram_quantile\((0\.\d+), sum by \((?:\$method_label, )?le\) \(rate\(\$\{histogram\}_bucket\{.*?\}\[\$window\]\)\)\)/;
const CLIENT_QUANTILE = /^histogram_quantile\((0\.\d+), .*\$\{client_histogram\}.*$/;

/** Variables that only queries about pods, or about callers, make use of. */
const OF_CLIENTS = /^client_/;
const OF_PODS = /^(server_namespace|metric|method_label|method|code_label|histogram)$/;

export interface Readers {
  /** Services whose pods show metrics. */
  readonly heard: readonly Service[];
  /** Those whose pods show none. */
  readonly silent: readonly Service[];
}

export function isLoadBalancing(json: string): boolean {
  return json.includes('$metric{');
}

/** Whether a variable at the top has nothing left that it is for. */
export function isIdle(variable: string, { heard }: Readers): boolean {
  return OF_CLIENTS.test(variable) || (heard.length === 0 && OF_PODS.test(variable));
}

export function fillPanels(json: string, readers: Readers): string {
  const filled = editPanels(json, { ...aboutClients(), ...aboutPods(readers) });
  return editQueries(filled, (promql) => withEnvoy(promql, readers));
}

function aboutClients(): Readonly<Record<string, PanelEdit>> {
  return {
    'Failed calls': {
      words: [['did not end OK for the client, after all retries.', 'did not end OK, of each try.']],
      query: (promql) => promql.replace(FAILED_AT_CLIENTS, () => FAILED),
    },
    'Latency as clients see it': {
      words: [
        ['Latency as clients see it', 'Latency as Envoys see it'],
        ['From send to reply, with both hops, Envoy and all retries.', 'From request to answer, of all methods.'],
      ],
      query: (promql) => promql.replace(CLIENT_QUANTILE, (_, share: string) => envoyQuantile(share, [])),
    },
    'Answers by code': {
      without: ['client {{code}}{{grpc_code}}'],
      words: [
        [
          'OK only, on both sides. An error that the server shows and the client does not was hidden by a retry.',
          'OK only. An error may have been hidden from the caller by a retry.',
        ],
      ],
    },
    'Share of failed calls': {
      without: ['client'],
      words: [
        [
          '0 for both. The server line may rise for a moment when pods stop; the client line must not.',
          '0. It may rise for a moment when pods stop.',
        ],
      ],
    },
    'Clients: calls per second by answering pod': { isGone: true },
  };
}

function aboutPods({ heard, silent }: Readers): Readonly<Record<string, PanelEdit>> {
  const isSilent = heard.length === 0;
  const active = `sum by (envoy_endpoint_address) (${ofEnvoy('envoy_cluster_endpoint_rq_active', silent, heard)})`;
  return {
    'Server pods up': {
      words: isSilent ? [['"Server pods up"', '"Server pods"']] : [],
      query: () => either(UP, HEALTHY_PODS, { heard, silent }),
    },
    'Server pods': {
      words: [
        ['"x": 0, "y": 36, "w": 8', '"x": 0, "y": 36, "w": 12'],
        ...(isSilent
          ? ([
              ['"Server pods"', '"Server pods, as Envoys know them"'],
              ['Scraped: answers Prometheus. ', ''],
            ] as const)
          : []),
      ],
      without: isSilent ? ['scraped'] : [],
    },
    'Calls in flight by server pod': { words: [['"x": 8, "y": 36, "w": 8', '"x": 12, "y": 36, "w": 12']] },
    // Other libraries do not count calls in flight, and pods without metrics have no process to tell of.
    'Server pods one by one': {
      without: [...(isSilent ? 'CEFGH' : []), ...(silent.length === 0 ? 'D' : [])],
      words: isSilent ? [['"displayName": "pod"', '"displayName": "envoy_endpoint_address"']] : [],
      query: (promql) => (promql.includes('grpc_requests_in_flight') ? active : promql),
    },
    ...(isSilent
      ? {
          'Calls per second by server, as Envoys count': { isGone: true },
          'Evenness, as Envoys count': { isGone: true },
          'Busiest server / mean, as Envoys count': { isGone: true },
        }
      : {}),
  };
}

/** A query about pods, with what Envoy says of those that say nothing. */
function withEnvoy(promql: string, readers: Readers): string {
  const { heard, silent } = readers;
  const rate = (series: string) => `rate(${ofEnvoy(series, silent, heard)}[$window])`;
  const labelled = (code: string, series: string) => `label_replace(sum(${rate(series)}), "code", "${code}", "", "")`;
  const replacements: readonly (readonly [shipped: string, ofEnvoy: string])[] = [
    [FAILED, `sum(${rate('envoy_cluster_endpoint_rq_error')}) / sum(${rate('envoy_cluster_endpoint_rq_total')})`],
    [
      BY_CODE,
      `${labelled('answered', 'envoy_cluster_endpoint_rq_success')} or ` +
        labelled('failed', 'envoy_cluster_endpoint_rq_error'),
    ],
    [BY_POD, `sum by (envoy_endpoint_address) (${rate('envoy_cluster_endpoint_rq_total')})`],
    [TOTAL, `sum(${rate('envoy_cluster_endpoint_rq_total')})`],
  ];
  const known = replacements.map(([shipped]) => shipped.replaceAll(/[$()[\]{}.*+?|\\^]/g, '\\$&'));
  return promql.replace(new RegExp([...known, QUANTILE.source].join('|'), 'g'), (found: string) => {
    const [, share] = QUANTILE.exec(found) ?? [];
    if (share !== undefined) return either(found, envoyQuantile(share, silent, heard), readers);
    return either(found, replacements.find(([shipped]) => shipped === found)?.[1] ?? '', readers);
  });
}

/** Envoy has milliseconds. */
function envoyQuantile(share: string, silent: readonly Service[], heard: readonly Service[] = []): string {
  const buckets = ofEnvoy('envoy_cluster_upstream_rq_time_bucket', silent, heard);
  return `histogram_quantile(${share}, sum by (le) (rate(${buckets}[$window]))) / 1000`;
}

/** Of one service one part has an answer at most: pods that show nothing have no series, and Envoy's are asked of theirs alone. */
function either(ofPods: string, byEnvoy: string, { heard, silent }: Readers): string {
  if (silent.length === 0) return ofPods;
  return heard.length === 0 ? `(${byEnvoy})` : `(${ofPods} or ${byEnvoy})`;
}
