// The recorder of a run as a cluster's system uses it: what ends with the run does not belong to it.
import type { Recorder } from '../../records/recorder';

export interface RunRecording {
  readonly recorder: Recorder;
  /** From now on no event is recorded; ledgers still are. */
  end(): void;
}

export function recordUntilEnd(recorder: Recorder): RunRecording {
  let hasEnded = false;
  const event: Recorder['event'] = (kind, what) => {
    if (!hasEnded) recorder.event(kind, what);
  };
  return {
    recorder: { ...recorder, event },
    end: () => {
      hasEnded = true;
    },
  };
}
