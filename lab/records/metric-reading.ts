// A metric of several pods as the event that stands for it: the mean, and of how many.
import type { EventOf } from './event';
import type { Recorder } from './recorder';

type MetricDetail = NonNullable<EventOf<'metric'>['detail']>;

/** Records the mean of `values` and returns it; undefined of no pod, for then there was no answer. */
export function recordMetric(
  recorder: Pick<Recorder, 'event'>,
  name: string,
  reader: Pick<MetricDetail, 'source' | 'target'>,
  values: ReadonlyMap<string, number>,
): number | undefined {
  if (values.size === 0) return undefined;
  const value = [...values.values()].reduce((total, each) => total + each, 0) / values.size;
  recorder.event('metric', { subject: name, detail: { value, ...reader, pods: values.size } });
  return value;
}
