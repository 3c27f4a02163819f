// What the buttons of the page do to a local stack, when they cannot, and what came of each in words.
import { toError } from '../runtime/errors';
import { policyChange } from './envoy/settings-changes';
import { MAX_SERVERS } from './options';
import { seconds } from './page/marks';
import type { Order, PodOrder } from './page/orders';
import { POD_ORDERS } from './page/orders';
import type { PageModel, Standing } from './page/page-model';
import type { PodRecord } from './page/pod-book';
import { FAULTS, type FaultName, type ServerFaults, SLOW_MS } from './server-faults';
import type { Stack } from './stack';

export interface PageControlsOptions {
  readonly stack: Pick<Stack, 'servers' | 'envoys' | 'envoyChanges' | 'setEnvoyChanges'> & {
    readonly manifests: Pick<Stack['manifests'], 'serverCluster'>;
  };
  readonly faults: ServerFaults;
  readonly model: Pick<PageModel, 'pods' | 'marks' | 'outcomes' | 'now'>;
  /** What `lb_policy` is at the start. */
  readonly policy: string;
  readonly ratePerSecond: number;
  /** Goes on with another rate, in both lanes. */
  readonly setRate: (perSecond: number) => Promise<void>;
  readonly end: () => void;
}

export interface PageControls {
  /** Begins it, or says why it cannot be done. */
  obey(order: Order): string | undefined;
  standing(): Standing;
}

export function createPageControls(options: PageControlsOptions): PageControls {
  const { stack, faults, model, setRate, end } = options;
  const { servers, envoys } = stack;
  const { pods, marks, outcomes, now } = model;
  const shipped = stack.envoyChanges;
  let { policy, ratePerSecond } = options;
  let rolling: 'servers' | 'Envoys' | undefined;
  let isChangingRate = false;

  const find = (name: string) => [...servers.pods(), ...envoys.pods()].find((pod) => pod.name === name);
  /** Returns what gives the pods that have come since now. */
  const watchNew = (tier: PodRecord['tier']) => {
    const known = new Set(pods.all(tier));
    return () => pods.all(tier).filter((pod) => !known.has(pod));
  };

  function whyNot(order: Exclude<Order['name'], PodOrder>): string | undefined {
    if (order === 'roll' || order === 'policy') {
      return rolling && `${rolling} are being replaced: wait until that is over`;
    }
    if (order !== 'rate') return undefined;
    return isChangingRate ? 'the rate is changing: wait until that is over' : undefined;
  }

  function whyNotScale(by: 1 | -1): string | undefined {
    const count = servers.replicas + by;
    if (count < 1) return 'the last server stays';
    return count > MAX_SERVERS ? `there are no more than ${MAX_SERVERS} servers` : undefined;
  }

  function whyNotPod(order: PodOrder, name: string): string | undefined {
    if (FAULTS.includes(order as FaultName)) return faults.whyNot(order as FaultName, name);
    const state = find(name)?.state;
    return state === undefined || state === 'died' ? `${name} is gone` : undefined;
  }

  /** Marks it, tells its outcome when `look` has one, and that it failed if `work` does. */
  function undertake(
    label: string,
    text: string,
    work: () => Promise<unknown>,
    look: () => string | undefined,
    settleMs?: number,
  ): void {
    marks.add('done', now(), label, text);
    const id = outcomes.begin({ text, look, ...(settleMs !== undefined && { settleMs }) });
    work().catch((thrown: unknown) => outcomes.fail(id, toError(thrown).message.split('\n')[0] ?? ''));
  }

  /** "grpc-server-4 was ready after 0.6 s and had its first call 1.1 s later", once it is so. */
  function arrival(pod: PodRecord | undefined, sinceMs: number): string | undefined {
    if (pod?.readyMs === undefined || pod.firstCallMs === undefined) return undefined;
    return `${pod.name} was ready after ${seconds(pod.readyMs - sinceMs)}, first call after ${seconds(pod.firstCallMs - sinceMs)}`;
  }

  function scale(by: 1 | -1): void {
    const atMs = now();
    const count = servers.replicas + by;
    const text = `scaled from ${servers.replicas} to ${count} servers`;
    const staying = new Set(
      servers
        .pods()
        .filter(({ state }) => state !== 'ready')
        .map(({ name }) => name),
    );
    const work = () => servers.scale(count);
    const fresh = watchNew('server');
    if (by === 1) return void undertake(`${count} servers`, text, work, () => arrival(fresh().at(-1), atMs));
    undertake(`${count} servers`, text, work, () => {
      const left = pods
        .all('server')
        .find((pod) => pod.state === 'gone' && pod.changedMs >= atMs && !staying.has(pod.name));
      return left && `${left.name} served what it had and was gone after ${seconds(left.changedMs - atMs)}`;
    });
  }

  function kill(name: string): void {
    const atMs = now();
    const isServer = servers.pods().some((pod) => pod.name === name);
    const deployment = isServer ? servers : envoys;
    const fresh = watchNew(isServer ? 'server' : 'envoy');
    undertake(
      `kill ${name.replace(/^grpc-/, '')}`,
      `${name} killed (SIGKILL)`,
      () => deployment.kill(name),
      () => {
        const replacement = fresh()[0];
        const told = arrival(replacement, atMs);
        return told && `its replacement ${told}`;
      },
    );
  }

  function misbehave(fault: FaultName, name: string): void {
    const atMs = now();
    const isEnd = faults.has(fault, name);
    const short = name.replace(/^grpc-/, '');
    const words = {
      hang: 'hangs (SIGSTOP)',
      slow: `is slow: ${SLOW_MS} ms more per answer`,
      'not-serving': 'says NOT_SERVING',
    };
    const backWords = { hang: 'goes on (SIGCONT)', slow: 'is as fast as before', 'not-serving': 'says SERVING again' };
    const work = () => faults.toggle(fault, name);
    if (isEnd) {
      return void undertake(`${short} back`, `${name} ${backWords[fault]}`, work, () =>
        pods.isTakenOut(name) ? undefined : `Envoys send it calls ${seconds(now() - atMs)} later`,
      );
    }
    const label = `${short} ${fault === 'not-serving' ? 'NOT_SERVING' : fault}`;
    if (fault === 'slow') {
      const look = () => (now() - atMs > 3000 ? 'it stays in turn: slow is not ill' : undefined);
      return void undertake(label, `${name} ${words.slow}`, work, look);
    }
    // Calls that hang with it end at their own deadlines, 5 s at most.
    const settleMs = fault === 'hang' ? 6000 : undefined;
    const look = () => (pods.isTakenOut(name) ? `no Envoy sends it calls after ${seconds(now() - atMs)}` : undefined);
    undertake(label, `${name} ${words[fault]}`, work, look, settleMs);
  }

  function replaceAll(what: 'servers' | 'Envoys', label: string, text: string): void {
    const atMs = now();
    const deployment = what === 'servers' ? servers : envoys;
    let overMs: number | undefined;
    const fresh = watchNew(what === 'servers' ? 'server' : 'envoy');
    rolling = what;
    const work = async () => {
      try {
        await deployment.roll();
        overMs = now();
      } finally {
        rolling = undefined;
      }
    };
    undertake(label, text, work, () => {
      const haveCalls = fresh().filter(({ firstCallMs }) => firstCallMs !== undefined).length;
      if (overMs === undefined || haveCalls < deployment.replicas) return undefined;
      return `all ${deployment.replicas} ${what} replaced in ${seconds(overMs - atMs)}, each new one has calls`;
    });
  }

  function changePolicy(next: string): void {
    policy = next;
    stack.setEnvoyChanges([...shipped, policyChange(next, undefined, stack.manifests.serverCluster.name)]);
    replaceAll('Envoys', next, `policy ${next}: Envoys are replaced one by one`);
  }

  function changeRate(perSecond: number): void {
    const atMs = now();
    const text = `rate changed from ${ratePerSecond} to ${perSecond} calls/s`;
    let overMs: number | undefined;
    ratePerSecond = perSecond;
    isChangingRate = true;
    const work = async () => {
      try {
        await setRate(perSecond);
        overMs = now();
      } finally {
        isChangingRate = false;
      }
    };
    undertake(`${perSecond}/s`, text, work, () =>
      overMs === undefined ? undefined : `new clients call after ${seconds(overMs - atMs)}`,
    );
  }

  return {
    obey: (order) => {
      if (order.name === 'scale') {
        const why = whyNotScale(order.by);
        if (why === undefined) scale(order.by);
        return why;
      }
      if ('pod' in order) {
        const why = whyNotPod(order.name, order.pod);
        if (why !== undefined) return why;
        if (order.name === 'kill') kill(order.pod);
        else misbehave(order.name, order.pod);
        return undefined;
      }
      const why = whyNot(order.name);
      if (why !== undefined) return why;
      if (order.name === 'roll') replaceAll('servers', 'roll', 'rolling restart of the servers');
      else if (order.name === 'policy') changePolicy(order.policy);
      else if (order.name === 'rate') changeRate(order.perSecond);
      else end();
      return undefined;
    },
    standing: () => ({
      ratePerSecond,
      policy,
      cannot: reasons({
        up: whyNotScale(1),
        down: whyNotScale(-1),
        roll: whyNot('roll'),
        policy: whyNot('policy'),
        rate: whyNot('rate'),
      }),
      cannotOf: (name) => reasons(Object.fromEntries(POD_ORDERS.map((order) => [order, whyNotPod(order, name)]))),
      faultOf: faults.describe,
    }),
  };
}

function reasons(all: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).flatMap(([name, why]) => (why === undefined ? [] : [[name, why]])));
}
