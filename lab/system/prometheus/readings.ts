// What both drivers read of a process, as counts and as events: the same words, wherever the text came from.
import { samplesOf } from '../../../prometheus-text/samples';
import type { Recorder } from '../../records/recorder';
import type { ResourceUse } from '../system';

/**
 * Calls that a server handled since it started, per status name, from its metrics. Records `counters`, and `messages` of a
 * server that counts them.
 */
export function recordCounters(
  recorder: Pick<Recorder, 'event'>,
  pod: string,
  text: string,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { labels, value } of samplesOf(text, 'grpc_requests_total')) {
    const code = labels.code ?? '';
    counts[code] = (counts[code] ?? 0) + value;
  }
  recorder.event('counters', { subject: pod, detail: counts });
  const messages = samplesOf(text, 'grpc_stream_messages_total');
  const handled = messages.reduce((sum, { value }) => sum + value, 0);
  if (messages.length > 0) recorder.event('messages', { subject: pod, detail: { handled } });
  return counts;
}

/** Records `resources`. */
export function recordUse(recorder: Pick<Recorder, 'event'>, subject: string, use: ResourceUse): ResourceUse {
  const { residentBytes, cpuSeconds, openDescriptors } = use;
  const detail = {
    residentBytes,
    ...(cpuSeconds !== undefined && { cpuSeconds }),
    ...(openDescriptors !== undefined && { openDescriptors }),
  };
  recorder.event('resources', { subject, detail });
  return use;
}
