// The rules that only a running system can be judged by, in the order of their codes.
import type { LiveRule } from '../live';
import { failingHosts } from './failing-hosts';
import { leftOut } from './left-out';
import { missingProxy } from './missing-proxy';
import { unreadMetric } from './unread-metric';

export const LIVE_RULES: readonly LiveRule[] = [leftOut, failingHosts, missingProxy, unreadMetric];
