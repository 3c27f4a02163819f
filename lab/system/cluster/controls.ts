// Faults and settings of a cluster's system, and their current state, so that they can be undone.

import { overlayEnvoyConfig } from '../../../local/envoy/envoy-config';
import { describeSettings, envoyChanges } from '../../../local/envoy/settings-changes';
import { overOneWindow } from '../../../manifest-reader/rate-windows';
import type { Tier } from '../../records/event';
import type { Controls, Deadline, EnvoySettings } from '../system';
import { waitUntil } from '../wait-until';
import { createConfigOverride } from './config-override';
import { type ClusterContext, findTier } from './context';
import { createDnsControl } from './dns-control';
import type { FaultClient } from './fault-client';
import { type List, METRICS_NAMESPACE, type PodObject, podsPath } from './objects';
import { untilRolledOut } from './rollout';
import { replicasPart } from './scaling';
import { labEnv, SERVER_ENV } from './server-env';
import { setServersName } from './servers-name';

export interface ClusterControls extends Controls {
  /**
   * Takes back all faults and settings of experiments; what the lab itself needs stays, and so does the run's change.
   * Resolves to the tiers whose pods must be replaced for it.
   */
  reset(): Promise<Outdated>;
  /** Gives servers the fault endpoint and all pods the run's change. Resolves as `reset`. */
  begin(): Promise<Outdated>;
  /** Every object as it was deployed. Pods follow by themselves: nothing is waited for. */
  restore(): Promise<void>;
}

/** Whether the pods of a tier have older settings than their Deployment. */
export type Outdated = Readonly<Record<Tier, boolean>>;

type Component = Parameters<Controls['setComponent']>[0];
const COMPONENTS: readonly Component[] = ['prometheus', 'prometheus-adapter'];
const COMPONENT_WITHIN_MS = 120_000;
const RESTORE_DNS_WITHIN_MS = 120_000;

export function createControls(context: ClusterContext, faults: FaultClient): ClusterControls {
  const { api, recorder, changes, change, watches, signal } = context;
  const envoyConfig = createConfigOverride(api, changes, {
    namespace: 'envoy',
    deployment: 'envoy',
    file: 'envoy.yaml',
  });
  const adapterConfig = createConfigOverride(api, changes, {
    namespace: METRICS_NAMESPACE,
    deployment: 'prometheus-adapter',
    file: 'config.yaml',
  });
  const dns = createDnsControl(api, changes);
  const faulty = new Set<string>();
  let hasDnsFault = false;

  const setEnvoys = (settings: EnvoySettings) =>
    envoyConfig.use((text) => {
      const edits = envoyChanges({ ...change.envoys, ...settings });
      // An overlay without edits would still write the text in another layout, and roll every Envoy for it.
      return edits.length === 0 ? text : overlayEnvoyConfig(text, edits);
    });
  const setServers = (env: Readonly<Record<string, string>>) =>
    changes.change(SERVER_ENV, (deployed) => labEnv(deployed, { ...env, ...change.serverEnv }));
  const setAdapter = async () => {
    const { adapterAnswersEarly, longestWindowOnly } = change;
    const isChanged = await adapterConfig.use((rules) => {
      const text = adapterAnswersEarly ? withoutWindowGuard(rules) : rules;
      return longestWindowOnly ? overOneWindow(text, 'longest') : text;
    });
    const target = { namespace: METRICS_NAMESPACE, deployment: 'prometheus-adapter' };
    if (isChanged) await untilRolledOut(api, target, { withinMs: COMPONENT_WITHIN_MS, signal });
  };
  const untilNew = (tier: Tier, { withinMs }: Deadline) =>
    untilRolledOut(api, { namespace: tier, deployment: tier }, { withinMs, signal });

  async function injectFault(pod: string, fault: Parameters<Controls['injectFault']>[1]): Promise<void> {
    if (findTier(context, pod) !== 'grpc-server') {
      throw new Error(`cannot inject a fault into ${pod}: expected a server, since only servers have a fault endpoint`);
    }
    await faults.set(pod, fault);
    if (Object.keys(fault).length === 0) {
      faulty.delete(pod);
      recorder.event('fault-cleared', { subject: pod });
    } else {
      faulty.add(pod);
      recorder.event('fault', { subject: pod, detail: { ...fault } });
    }
  }

  async function setDnsFault(mode: Parameters<Controls['setDnsFault']>[0], until = signal): Promise<void> {
    const had = hasDnsFault;
    hasDnsFault ||= mode !== undefined;
    const askedAtMs = Date.now();
    await dns.set(mode, until);
    hasDnsFault = mode !== undefined;
    if (mode !== undefined) recorder.event('dns-fault', { detail: { mode } });
    else if (had) recorder.event('dns-fault-cleared', { detail: { askedAtMs } });
  }

  async function setComponent(component: Component, isUp: boolean, { withinMs }: Deadline): Promise<void> {
    const part = replicasPart(METRICS_NAMESPACE, component);
    const isChanged = isUp ? await changes.restore(part) : await changes.change(part, () => 0);
    if (!isChanged) return;
    const wanted = isUp ? await changes.original(part) : 0;
    const selector = encodeURIComponent(`app.kubernetes.io/name=${component}`);
    const look = async () => {
      const { items } = await api.get<List<PodObject>>(`${podsPath(METRICS_NAMESPACE)}?labelSelector=${selector}`);
      const ready = items.filter(({ status }) =>
        status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      );
      return items.length === wanted && ready.length === wanted
        ? undefined
        : `${ready.length} of ${items.length} ready`;
    };
    await waitUntil(`${wanted} pods of ${component}`, look, { withinMs, everyMs: 500, signal });
    recorder.event(isUp ? 'component-up' : 'component-down', { subject: component });
  }

  return {
    injectFault,
    setDnsFault: (mode) => setDnsFault(mode),
    setComponent,
    configureEnvoys: async (settings, deadline) => {
      if (await setEnvoys(settings)) await untilNew('envoy', deadline);
      const more = describeSettings(settings);
      recorder.event('policy', { subject: 'envoy', detail: { policy: settings.policy ?? 'as shipped' } });
      if (more !== '') recorder.note(`Envoys run with ${more}`);
    },
    configureServers: async (env, deadline) => {
      if (await setServers(env)) await untilNew('grpc-server', deadline);
    },
    begin: async () => {
      await setDnsFault(undefined);
      for (const component of COMPONENTS) await changes.restore(replicasPart(METRICS_NAMESPACE, component));
      await setAdapter();
      await setServersName(changes, change.readyPodsOnly ?? false);
      const [hasServers, hasEnvoys] = await Promise.all([setServers({}), setEnvoys({})]);
      return { 'grpc-server': hasServers, envoy: hasEnvoys };
    },
    reset: async () => {
      if (hasDnsFault) await setDnsFault(undefined);
      const alive = new Set(watches['grpc-server'].pods().map(({ name }) => name));
      await Promise.all([...faulty].filter((pod) => alive.has(pod)).map((pod) => injectFault(pod, {})));
      faulty.clear();
      for (const component of COMPONENTS) await setComponent(component, true, { withinMs: COMPONENT_WITHIN_MS });
      const [hasServers, hasEnvoys] = await Promise.all([setServers({}), setEnvoys({})]);
      if (hasEnvoys) recorder.event('policy', { subject: 'envoy', detail: { policy: 'as shipped' } });
      return { 'grpc-server': hasServers, envoy: hasEnvoys };
    },
    restore: async () => {
      // The cluster's DNS comes first, and is the one thing that is waited for: all else needs it.
      if (hasDnsFault) await setDnsFault(undefined, AbortSignal.timeout(RESTORE_DNS_WITHIN_MS));
      for (const component of COMPONENTS) await changes.restore(replicasPart(METRICS_NAMESPACE, component));
      await changes.restore(SERVER_ENV);
      await setServersName(changes, false);
      for (const config of [envoyConfig, adapterConfig]) {
        await config.restore();
        await config.cleanUp();
      }
    },
  };
}

/** @throws Error when the rules have nothing of that kind, since then nothing would be broken */
function withoutWindowGuard(rules: string): string {
  const text = rules.replaceAll(/\n *and on \(\) count_over_time\(.*/g, '');
  if (text !== rules) return text;
  throw new Error("cannot change the adapter's rules: expected lines that begin with `and on () count_over_time(`");
}
