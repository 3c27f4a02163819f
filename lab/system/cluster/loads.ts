// The loads of a cluster's system: which run, in which pods, and how all of them end.

import { targetEnv } from '../../../manifest-reader/call-target';
import type { Manifests } from '../../../manifest-reader/manifests';
import { delay } from '../../../runtime/lifecycle';
import type { Load, LoadSpec } from '../load';
import type { Api } from './api';
import type { ClusterContext } from './context';
import { loadPodName } from './load-pod';
import { startLoadRun } from './load-run';
import { CLIENT, LAB_LABEL, podsPath } from './objects';

export interface Loads {
  start(spec: LoadSpec): Promise<Load>;
  readonly isEmpty: boolean;
  /** The pod of a load that runs. */
  podOf(load: string): string | undefined;
  /** Ends all loads in order. Their ends are recorded. */
  stopAll(withinMs: number): Promise<void>;
}

export function createLoads(context: ClusterContext, manifests: Manifests, giveUp: AbortSignal): Loads {
  const { recorder, change } = context;
  const names = new Set<string>();
  const running = new Map<string, { readonly pod: string; readonly load: Load }>();
  const pods = new Map<string, string>();

  return {
    start: async (asked) => {
      const { name } = asked;
      if (names.has(name)) throw new Error(`cannot start load "${name}": the run already had a load of that name`);
      names.add(name);
      const spec: LoadSpec = {
        ...asked,
        target: change.load?.target ?? asked.target,
        env: { ...asked.env, ...change.load?.env },
      };
      const pod = loadPodName(name, Date.now().toString(36).slice(-6));
      recorder.event('load-start', {
        subject: name,
        detail: { target: spec.target, ratePerSecond: spec.ratePerSecond ?? 0 },
      });
      pods.set(name, pod);
      const load = await startLoadRun({ ...context, signal: giveUp }, pod, spec, targetEnv(manifests, spec.target));
      running.set(name, { pod, load });
      const forget = () => {
        running.delete(name);
        pods.delete(name);
      };
      load.finished.then(forget, forget);
      return load;
    },
    get isEmpty() {
      return running.size === 0;
    },
    podOf: (load) => pods.get(load),
    stopAll: async (withinMs) => {
      const ended = new AbortController();
      const all = Promise.allSettled([...running.values()].map(({ load }) => load.stop())).then(() => ended.abort());
      await Promise.race([all, delay(withinMs, ended.signal)]);
    },
  };
}

/** Ends the pods of loads that no run follows any more. */
export async function removeLoadPods(api: Api): Promise<void> {
  const selector = encodeURIComponent(`${LAB_LABEL}=load`);
  await api.send('DELETE', `${podsPath(CLIENT.namespace)}?labelSelector=${selector}&gracePeriodSeconds=1`);
}
