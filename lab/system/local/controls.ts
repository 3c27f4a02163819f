// Faults and settings of a local system, and their current state, so that they can be undone.

import { describeSettings, envoyChanges } from '../../../local/envoy/settings-changes';
import { orderFaults } from '../../../local/fault-orders';
import type { Deployment } from '../../../local/pods/deployment';
import type { ForeignProgram } from '../../../local/pods/foreign-client';
import { servicesOf } from '../../../manifest-reader/manifests';
import type { Variables } from '../../../manifest-reader/pod-manifest';
import { FAULT_PORT } from '../../../runtime/server-fault';
import type { Controls, Deadline, EnvoySettings } from '../system';
import { deploymentOf, findPod, type LocalContext } from './context';

export interface LocalControls extends Controls {
  /** Replaces all servers by pods of this program, undefined being this project's own, with these variables. */
  replaceServers(program: ForeignProgram | undefined, env: Variables, deadline: Deadline): Promise<void>;

  /** Takes back all faults and settings. Pods that run with other settings are ended, and new ones started. */
  reset(): Promise<void>;
}

export interface ControlsDeps {
  readonly context: LocalContext;
  /** Whether calls could be lost by ending pods at once. */
  readonly hasLoads: () => boolean;
  readonly roll: (tier: 'grpc-server' | 'envoy', deadline: Deadline) => Promise<void>;
  /** Resolves when the pods of a tier are all new and ready, and Envoys know the servers. */
  readonly untilInService: (tier: 'grpc-server' | 'envoy', deadline: Deadline) => Promise<void>;
}

/** The variables that each server of the lab has, above those of the manifest. */
export function labServerEnv(env: Variables): Variables {
  return { FAULT_PORT: String(FAULT_PORT), ...env };
}

export function createControls({ context, hasLoads, roll, untilInService }: ControlsDeps): LocalControls {
  const { stack, manifests, recorder, change } = context;
  const faulty = new Set<string>();
  let hasDnsFault = false;
  let settings: EnvoySettings = {};
  let serverEnv: Variables = {};
  let serverProgram: ForeignProgram | undefined;
  const isSame = (one: object, other: object) => canonical(one) === canonical(other);

  async function replacePods(tier: 'grpc-server' | 'envoy', deadline: Deadline): Promise<void> {
    if (hasLoads()) await roll(tier, deadline);
    else destroyAll(deploymentOf(context, tier));
    await untilInService(tier, deadline);
  }

  function setEnvoys(next: EnvoySettings): void {
    settings = next;
    stack.setEnvoyChanges(envoyChanges({ ...change.envoys, ...next }));
  }

  function setServers(next: Variables): void {
    serverEnv = next;
    stack.setServerEnv(labServerEnv({ ...next, ...change.serverEnv }));
  }

  const controls: Controls = {
    injectFault: async (pod, fault) => {
      const { address } = findPod(context, pod);
      await orderFaults(`http://${address}:${FAULT_PORT}`, fault);
      const isCleared = Object.keys(fault).length === 0;
      if (isCleared) faulty.delete(pod);
      else faulty.add(pod);
      if (isCleared) recorder.event('fault-cleared', { subject: pod });
      else recorder.event('fault', { subject: pod, detail: fault });
    },
    setDnsFault: async (mode) => {
      const names = servicesOf(manifests, manifests.server.deployment).map(({ host }) => host);
      stack.dns.setFault(mode, names);
      if (mode !== undefined) recorder.event('dns-fault', { detail: { mode } });
      else if (hasDnsFault) recorder.event('dns-fault-cleared');
      hasDnsFault = mode !== undefined;
    },
    configureEnvoys: async (next, deadline) => {
      const isNew = !isSame(settings, next);
      setEnvoys(next);
      if (isNew) await replacePods('envoy', deadline);
      const more = describeSettings(next);
      recorder.event('policy', { subject: 'envoy', detail: { policy: next.policy ?? 'as shipped' } });
      if (more !== '') recorder.note(`Envoys run with ${more}`);
    },
    configureServers: async (next, deadline) => {
      const isNew = !isSame(serverEnv, next);
      setServers(next);
      if (isNew) await replacePods('grpc-server', deadline);
    },
    setComponent: async (component) => {
      throw new Error(`cannot switch ${component}: there is none on loopback`);
    },
  };

  return {
    ...controls,
    replaceServers: async (program, env, deadline) => {
      serverProgram = program;
      stack.setServerProgram(program);
      setServers(env);
      await replacePods('grpc-server', deadline);
    },
    reset: async () => {
      if (hasDnsFault) await controls.setDnsFault(undefined);
      const names = new Set(stack.servers.pods().map(({ name }) => name));
      await Promise.all([...faulty].filter((pod) => names.has(pod)).map((pod) => controls.injectFault(pod, {})));
      faulty.clear();
      if (!isSame(serverEnv, {}) || serverProgram !== undefined) {
        serverProgram = undefined;
        stack.setServerProgram(undefined);
        setServers({});
        destroyAll(stack.servers);
      }
      if (isSame(settings, {})) return;
      setEnvoys({});
      destroyAll(stack.envoys);
      recorder.event('policy', { subject: 'envoy', detail: { policy: 'as shipped' } });
    },
  };
}

/** Ends pods without waiting for anything; the Deployment starts as many new ones. */
function destroyAll(deployment: Deployment): void {
  for (const pod of deployment.pods()) void pod.destroy();
}

function canonical(value: object): string {
  return JSON.stringify(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
