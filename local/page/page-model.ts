// All that the page shows, gathered from two ledgers, from the lives of the pods and from what Envoys count. Makes the
// frames. What can be ordered, and what an order does, comes from outside.
import type { LedgerLine } from '../../client/outcome';
import type { HostCounts } from '../envoy/host-counts';
import type { PodEvent } from '../pods/pod';
import type { Frame, Row } from './frame';
import { Lane, type RecentUse, SLOT_MS, WINDOW_MS } from './lane';
import { Marks, markChange, seconds, shortName } from './marks';
import { createOutcomes, type Outcomes } from './outcomes';
import { PodBook, type PodRecord, type Tier } from './pod-book';

/** How things stand that the ledgers do not tell. */
export interface Standing {
  readonly ratePerSecond: number;
  readonly policy: string;
  readonly cannot: Readonly<Record<string, string>>;
  readonly cannotOf: (pod: string) => Readonly<Record<string, string>>;
  /** `hangs`, `slow`, …: what was done to a pod; undefined where nothing was. */
  readonly faultOf: (pod: string) => string | undefined;
}

export interface PageModelOptions {
  readonly serverDeployment: string;
  readonly inDnsFromStart: boolean;
  readonly now: () => number;
}

export interface PageModel {
  readonly outcomes: Outcomes;
  readonly marks: Marks;
  readonly pods: PodBook;
  onCall(lane: 'envoy' | 'direct', line: LedgerLine): void;
  onPod(event: PodEvent): void;
  onHosts(envoy: string, hosts: ReadonlyMap<string, HostCounts>): void;
  /** All that a page needs that has none yet, or what has changed since the last frame that was not a first one. */
  frame(standing: Standing, isFirst: boolean): Frame;
  readonly now: () => number;
}

const GONE_ROW_MS = 5000;

export function createPageModel({ serverDeployment, inDnsFromStart, now }: PageModelOptions): PageModel {
  const lanes = { envoy: new Lane(), direct: new Lane() };
  const marks = new Marks();
  const pods = new PodBook(serverDeployment);
  const outcomes = createOutcomes({ now, totals: () => lanes.envoy.totals });
  let sentMark = 0;

  function noteFirstCall(name: string, atMs: number): void {
    const pod = pods.get(name);
    if (pod === undefined || pod.firstCallMs !== undefined) return;
    pod.firstCallMs = atMs;
    const after = pod.readyMs === undefined ? '' : `, ${seconds(atMs - pod.readyMs)} after it was ready`;
    marks.add('first', atMs, `${shortName(name)} first call`, `${name} answered its first call${after}`, pod.tier);
  }

  function rows(tier: Tier, standing: Standing): Row[] {
    const shown = pods.all(tier).filter(({ state, changedMs }) => state !== 'gone' || now() - changedMs < GONE_ROW_MS);
    const use = lanes.envoy.recentUse(
      shown.map(({ name }) => name),
      tier === 'server' ? 'pods' : 'envoys',
      now(),
    );
    return shown.map((pod) => row(pod, use.get(pod.name), standing));
  }

  function row({ name, state, label }: PodRecord, use: RecentUse | undefined, standing: Standing): Row {
    return {
      name,
      state,
      label: (state === 'ready' || state === 'unready' ? standing.faultOf(name) : undefined) ?? label,
      perSecond: use?.perSecond ?? 0,
      share: use?.share ?? 0,
      ...pods.countsOf(name),
      p50: use?.p50 ?? null,
      p99: use?.p99 ?? null,
      isDraining: state === 'draining',
      cannot: standing.cannotOf(name),
    };
  }

  return {
    outcomes,
    marks,
    pods,
    now,
    onCall: (lane, line) => {
      lanes[lane].record(line);
      if (lane !== 'envoy' || line.code !== 'OK') return;
      const endMs = line.sentMs + line.latencyMs;
      noteFirstCall(line.pod, endMs);
      noteFirstCall(line.via, endMs);
    },
    onPod: (event) => markChange(marks, pods.onEvent(event), event.detail, inDnsFromStart),
    onHosts: (envoy, hosts) => pods.onLook(envoy, hosts),
    frame: (standing, isFirst) => {
      const atMs = now();
      for (const lane of Object.values(lanes)) lane.forget(atMs);
      pods.forget(atMs);
      outcomes.check();
      const slotsOf = (lane: Lane) => (isFirst ? lane.slots() : lane.changedSlots());
      const newMarks = marks.after(isFirst ? 0 : sentMark);
      if (!isFirst) sentMark = marks.last;
      return {
        isFirst,
        atMs,
        slotMs: SLOT_MS,
        windowMs: WINDOW_MS,
        envoy: { totals: lanes.envoy.totals, slots: slotsOf(lanes.envoy) },
        direct: { totals: lanes.direct.totals, slots: slotsOf(lanes.direct) },
        places: Object.fromEntries([...pods.all('server'), ...pods.all('envoy')].map((pod) => [pod.name, pod.place])),
        servers: rows('server', standing),
        envoys: rows('envoy', standing),
        marks: newMarks,
        outcomes: outcomes.all(),
        ratePerSecond: standing.ratePerSecond,
        policy: standing.policy,
        cannot: standing.cannot,
        hasEnded: false,
      };
    },
  };
}
