// What an event is called beside a chart and in the list of events.
import type { EventKind, RunEvent } from '../records/event';
import { shortName } from './pod-names';
import { formatNumber } from './quantity';

/** Events that change the system and are therefore marked in charts over time, if a figure does not choose others. */
export const MARKED_KINDS: readonly EventKind[] = [
  'scale',
  'roll-start',
  'roll-done',
  'signal',
  'fault',
  'fault-cleared',
  'dns-fault',
  'dns-fault-cleared',
  'policy',
  'component-down',
  'component-up',
];

const TIERS: Readonly<Record<string, string>> = { 'grpc-server': 'servers', envoy: 'Envoys' };
const STATES: Partial<Readonly<Record<EventKind, string>>> = {
  'pod-started': 'started',
  'pod-ready': 'ready',
  'pod-unready': 'not ready',
  'pod-in-dns': 'in DNS',
  'pod-out-of-dns': 'out of DNS',
  'pod-draining': 'draining',
  'pod-died': 'died',
  'pod-gone': 'gone',
  'pod-restarted': 'restarted',
  'envoy-ready': 'ready',
  'envoy-draining': 'draining',
  'envoy-died': 'died',
  'envoy-gone': 'gone',
  'component-down': 'taken away',
  'component-up': 'back',
  'load-start': 'starts',
  'load-stop': 'ends',
};

/** A few words: `servers 3 → 5`, `SIGKILL server-2`, `server-3 +200 ms`. */
export function markText(event: RunEvent): string {
  const subject = shortName(event.subject ?? '');
  const tier = TIERS[event.subject ?? ''] ?? subject;
  switch (event.kind) {
    case 'phase':
      return subject;
    case 'note':
      return event.detail?.text ?? '';
    case 'scale':
      return `${tier} ${event.detail?.from ?? '?'} → ${event.detail?.to ?? '?'}`;
    case 'roll-start':
      return `roll ${tier}`;
    case 'roll-done':
      return `${tier} rolled`;
    case 'replicas':
      return `${tier}: ${event.detail?.ready ?? '?'} of ${event.detail?.desired ?? '?'} ready`;
    case 'hosts':
      return `${subject} uses ${event.detail?.healthy ?? '?'} of ${event.detail?.known ?? '?'} hosts`;
    case 'signal':
      return `${event.detail?.signal ?? 'signal'} ${subject}`;
    case 'fault':
      return `${subject} ${faultText(event.detail ?? {})}`;
    case 'fault-cleared':
      return `${subject} healed`;
    case 'dns-fault':
      return `DNS ${event.detail?.mode ?? 'fault'}`;
    case 'dns-fault-cleared':
      return 'DNS back';
    case 'policy':
      return event.detail?.policy ?? 'policy';
    case 'metric':
      return `${event.subject ?? 'metric'} = ${formatNumber(event.detail?.value ?? Number.NaN)}`;
    case 'counters':
      return `${subject} has handled ${JSON.stringify(event.detail ?? {})}`;
    case 'messages':
      return `${subject} has handled ${event.detail?.handled ?? '?'} messages`;
    case 'resources':
      return `${subject} uses ${formatNumber((event.detail?.residentBytes ?? Number.NaN) / 1e6, 1)} MB`;
    default:
      return `${subject} ${STATES[event.kind] ?? event.kind}`;
  }
}

/** What many events of one kind are called together. */
export function kindText(event: RunEvent): string {
  if (event.kind === 'signal') return event.detail?.signal ?? 'signal';
  if (event.kind === 'scale') return 'scaled';
  return event.kind.replaceAll('-', ' ');
}

function faultText(fault: Extract<RunEvent, { kind: 'fault' }>['detail'] & {}): string {
  const parts = [
    ...(fault.delayMs === undefined ? [] : [`+${formatNumber(fault.delayMs)} ms`]),
    ...(fault.errorRate === undefined ? [] : [`${formatNumber(fault.errorRate * 100)} % errors`]),
    ...(fault.isHung ? ['hangs'] : []),
    ...(fault.notServing ? ['NOT_SERVING'] : []),
    ...(fault.failsProbes ? ['fails its probes'] : []),
  ];
  return parts.join(', ');
}
