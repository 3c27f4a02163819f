// Experiments that read synthetic runs: real claims, real figures, no steps. For tests of the report and nothing else.
import { sampleAutoscale } from './sample-autoscale';
import { sampleCrash } from './sample-crash';
import { sampleScaleUp } from './sample-scale-up';
import { sampleSlowPod } from './sample-slow-pod';
import { sampleSpread } from './sample-spread';

export const SAMPLE_EXPERIMENTS = [sampleSpread, sampleScaleUp, sampleSlowPod, sampleCrash, sampleAutoscale];
