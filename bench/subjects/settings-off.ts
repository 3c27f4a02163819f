// Copies of the shipped configuration of Envoy that lack one thing each, for the table of what settings cost. Each change
// refuses a configuration that does not have the thing.
import type { ConfigPath, EnvoyChange, EnvoyConfig } from '../../local/envoy/envoy-config';
import { envoyChanges, hostsOf, managersOf, removal } from '../../local/envoy/settings-changes';

export interface SettingOff {
  readonly id: string;
  readonly label: string;
  readonly changes: readonly EnvoyChange[];
}

/** Takes these fields away from the place that `from` finds. */
function without(
  description: string,
  fields: readonly string[],
  from: (config: EnvoyConfig) => ConfigPath,
): EnvoyChange {
  return {
    description,
    apply: (config) => {
      const start = from(config);
      for (const field of fields) config.remove([...start, field]);
    },
  };
}

/** Of several, the first one is for calls. */
const first = (paths: readonly ConfigPath[]): ConfigPath => paths[0] ?? [];

export const SETTINGS_OFF: readonly SettingOff[] = [
  { id: 'no-retries', label: 'without retries and hedging', changes: envoyChanges({ retries: false }) },
  { id: 'no-health-checks', label: 'without health checks', changes: envoyChanges({ healthChecks: false }) },
  { id: 'no-outlier', label: 'without outlier detection', changes: envoyChanges({ outlierEjection: false }) },
  {
    id: 'no-headers',
    label: 'without its headers',
    changes: [
      without(
        'no header names this Envoy or the attempts, none is taken away',
        [
          'include_attempt_count_in_response',
          'include_request_attempt_count',
          'response_headers_to_add',
          'request_headers_to_remove',
        ],
        (config) => first(hostsOf(config)),
      ),
    ],
  },
  {
    id: 'no-breakers',
    label: 'without circuit breakers of its own',
    changes: [removal('circuit_breakers', "circuit breakers are Envoy's defaults")],
  },
  {
    id: 'no-access-log',
    label: 'without the log of failed calls',
    changes: [
      without('no access log, not even of failed calls', ['access_log'], (config) => first(managersOf(config))),
    ],
  },
  {
    id: 'no-overload-manager',
    label: 'without the overload manager',
    changes: [without('no bound on connections or heap', ['overload_manager'], () => [])],
  },
  {
    id: 'no-endpoint-stats',
    label: 'without numbers per pod',
    changes: [removal('track_cluster_stats', 'no statistics of each endpoint')],
  },
];

/** What all of them cost together is more than a single one shows. */
export const ALL_OFF: SettingOff = {
  id: 'all-off',
  label: 'without all of these',
  changes: SETTINGS_OFF.flatMap(({ changes }) => changes),
};
