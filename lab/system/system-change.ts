// How a system is broken for a whole run, so that claims can be seen to fail.
import type { EnvoySettings } from '../../local/envoy/settings-changes';
import type { Target } from '../../manifest-reader/call-target';

/** What `mutate` breaks before an experiment runs; the experiment does not know. Drivers apply it under all settings. */
export interface SystemChange {
  readonly envoys?: EnvoySettings;
  /** Above all variables that the experiment sets. */
  readonly serverEnv?: Readonly<Record<string, string>>;
  /** false: an Envoy that ends gets SIGTERM without first asking its clients to go elsewhere. local only. */
  readonly envoyDrain?: false;
  /** true: the servers' headless Service names only pods whose readiness probe passes. */
  readonly readyPodsOnly?: true;
  /** An Envoy that ends waits no longer than this for its clients to leave, s. local only. */
  readonly envoyDrainSeconds?: number;
  /** true: the adapter answers before Prometheus has seen a whole window. cluster only. */
  readonly adapterAnswersEarly?: true;
  /** true: the adapter's queries look back over the longest of their windows alone. */
  readonly longestWindowOnly?: true;
  /** Replaces every load's target, and adds to its variables. */
  readonly load?: { readonly target?: Target; readonly env?: Readonly<Record<string, string>> };
}
