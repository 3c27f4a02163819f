// What every chart is drawn from.
import type { RunRecords } from '../../records/run-data';
import type { PodStyles } from '../pod-names';

export interface ChartContext {
  readonly data: RunRecords;
  readonly pods: PodStyles;
  /** px; charts choose their own height. */
  readonly width: number;
}
