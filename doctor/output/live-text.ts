// What a look at a cluster saw besides findings: where it looked, and how calls spread.
import { jainIndex } from '../../runtime/evenness';
import type { Share, Spread } from '../live/traffic/spreads';
import type { LiveFacts } from './report';

/** One line for the scope, one for each spread of calls. */
export function liveLines({ context, read, seconds, spreads }: LiveFacts): readonly string[] {
  const calls = spreads.map((spread) => `${spreadLabel(spread)}: ${spreadText(spread)}`);
  const heading = spreads.length === 0 ? [] : [`calls in ${seconds} s`];
  return [`context ${context}, ${read}`, ...heading, ...calls.map((line) => `  ${line}`)];
}

export function liveJson({ context, read, seconds, spreads }: LiveFacts): object {
  return {
    context,
    read,
    watchedSeconds: seconds,
    calls: spreads.map((spread) => ({
      of: spreadLabel(spread),
      jain: evenness(spread),
      shares: spread.shares.map(({ name, calls, excuse }) => ({ name, calls, excuse })),
      unknown: spread.unknown,
    })),
  };
}

function spreadLabel({ owner, cluster }: Spread): string {
  return cluster === undefined ? `pods of ${owner.label}` : `cluster ${cluster} of ${owner.label}`;
}

function spreadText(spread: Spread): string {
  const { shares, unknown } = spread;
  const total = shares.reduce((sum, { calls }) => sum + calls, 0);
  const index = evenness(spread);
  const each = [
    ...shares.map((share) => shareText(share, total)),
    ...unknown.map((name) => `${name} unknown to Envoy`),
  ];
  return `${total}${index === undefined ? '' : ` (Jain ${index.toFixed(2)})`}; ${each.join(', ')}`;
}

function shareText({ name, calls, excuse }: Share, total: number): string {
  const percent = total === 0 ? '' : ` (${Math.round((100 * calls) / total)} %)`;
  return `${name} ${calls}${percent}${excuse === undefined ? '' : ` ${excuse}`}`;
}

/** Undefined without calls. */
function evenness({ shares }: Spread): number | undefined {
  const index = jainIndex(shares.filter(({ excuse }) => excuse === undefined).map(({ calls }) => calls));
  return Number.isNaN(index) ? undefined : index;
}
