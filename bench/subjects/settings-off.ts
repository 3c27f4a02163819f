// Copies of the shipped configuration of Envoy that lack one thing each, for the table of what settings cost. Each change
// refuses a configuration that does not have the thing.
import { type ConfigPath, type EnvoyChange, type EnvoyConfig, greeterCluster } from '../../local/envoy/envoy-config';
import { envoyChanges } from '../../local/envoy/settings-changes';

export interface SettingOff {
  readonly id: string;
  readonly label: string;
  readonly changes: readonly EnvoyChange[];
}

const LISTENER: ConfigPath = ['static_resources', 'listeners', 0];
const MANAGER: ConfigPath = [...LISTENER, 'filter_chains', 0, 'filters', 0, 'typed_config'];
const HOST: ConfigPath = [...MANAGER, 'route_config', 'virtual_hosts', 0];

/** Takes away what stands at each path, below the place that `from` finds. */
function without(description: string, paths: readonly ConfigPath[], from: (config: EnvoyConfig) => ConfigPath) {
  return {
    description,
    apply: (config: EnvoyConfig) => {
      const start = from(config);
      for (const path of paths) config.remove([...start, ...path]);
    },
  } satisfies EnvoyChange;
}
const top = (): ConfigPath => [];

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
          ['include_attempt_count_in_response'],
          ['include_request_attempt_count'],
          ['response_headers_to_add'],
          ['request_headers_to_remove'],
        ],
        () => HOST,
      ),
    ],
  },
  {
    id: 'no-breakers',
    label: 'without circuit breakers of its own',
    changes: [without("circuit breakers are Envoy's defaults", [['circuit_breakers']], greeterCluster)],
  },
  {
    id: 'no-access-log',
    label: 'without the log of failed calls',
    changes: [without('no access log, not even of failed calls', [['access_log']], () => MANAGER)],
  },
  {
    id: 'no-overload-manager',
    label: 'without the overload manager',
    changes: [without('no bound on connections or heap', [['overload_manager']], top)],
  },
  {
    id: 'no-endpoint-stats',
    label: 'without numbers per pod',
    changes: [without('no statistics of each endpoint', [['track_cluster_stats']], greeterCluster)],
  },
];

/** What all of them cost together is more than a single one shows. */
export const ALL_OFF: SettingOff = {
  id: 'all-off',
  label: 'without all of these',
  changes: SETTINGS_OFF.flatMap(({ changes }) => changes),
};
