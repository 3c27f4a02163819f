// The picture of both lanes, from the records of its run: what it shows, the numbers that it states, and the words that it
// may say only where the run shows them.
import type { Figure } from '../lab/figure';
import { type Phase, phaseNamed } from '../lab/records/phases';
import { readyPodsAt } from '../lab/records/ready-pods';
import type { RunRecords } from '../lab/records/run-data';
import { answersBy, failed, ofLoad, sentWithin } from '../lab/records/selection';
import { bucketsFor, ratesBy } from '../lab/report/buckets';
import { createFigurePainter } from '../lab/report/draw-figure';
import { type Panel, renderPanels } from '../lab/report/panels';
import { formatNumber } from '../lab/report/quantity';
import { BALANCED, DIRECT, LANES_SIZES, PHASES } from './lanes-run';

/** File names below `docs/images/`; the narrow one is for phones. */
export const LANES_FILES = { wide: 'lanes.svg', narrow: 'lanes-narrow.svg' } as const;

const WIDTHS = { wide: 404, narrow: 364 } as const;
/** What "all calls" and "the same share" may leave open. */
const ALMOST_ALL = 0.99;
const MOST_APART = 0.01;
const MOST_UNSTEADY = 0.25;

/** Text of the two files. @throws Error saying what the run shows in place of what the picture says */
export function lanesPicture(data: RunRecords): Readonly<Record<keyof typeof LANES_FILES, string>> {
  assertSteady(data);
  const painter = createFigurePainter(data);
  const panels = (width: number): readonly Panel[] => [
    {
      heading: 'Without Envoy: one pod gets every call',
      notes: directNotes(data),
      drawing: painter.draw(figure(data, DIRECT), width),
    },
    {
      heading: 'With Envoy: every pod gets its share',
      notes: balancedNotes(data),
      drawing: painter.draw(figure(data, BALANCED), width),
    },
  ];
  return {
    wide: renderPanels(panels(WIDTHS.wide), 'lanes', 2),
    narrow: renderPanels(panels(WIDTHS.narrow), 'lanes-n', 1),
  };
}

function figure(data: RunRecords, load: string): Figure {
  const [few, many] = watched(data);
  return {
    kind: 'rate',
    id: load,
    title: load,
    loads: [load],
    span: { fromMs: few.fromMs, toMs: many.toMs },
    pods: readyPodsAt(data.events, many.fromMs),
    // One scale for both lanes.
    reaches: (1 + MOST_UNSTEADY) * LANES_SIZES.callsPerSecond,
  };
}

/** A load that was not sent when it was due is a fault of the machine, and would look like one of the system. */
function assertSteady(data: RunRecords): void {
  const [few, many] = watched(data);
  const { callsPerSecond } = LANES_SIZES;
  for (const load of [DIRECT, BALANCED]) {
    const calls = sentWithin(ofLoad(data.calls, load), { fromMs: few.fromMs, toMs: many.toMs });
    const rates =
      ratesBy(bucketsFor({ fromMs: few.fromMs, toMs: many.toMs }, calls), calls, () => load).get(load) ?? [];
    const worst = Math.max(...Array.from(rates, (rate) => Math.abs(rate / callsPerSecond - 1)));
    if (rates.length > 0 && worst <= MOST_UNSTEADY) continue;
    const expected = `expected ${callsPerSecond} calls/s within ${percent(MOST_UNSTEADY)} all through`;
    throw new Error(`${load}: ${expected}, got ${percent(worst)} off: this machine was too busy; repeat it alone`);
  }
}

function directNotes(data: RunRecords): readonly string[] {
  const [few, many] = watched(data);
  const { counts, sent } = answered(data, DIRECT, { ...few, toMs: many.toMs });
  const top = Math.max(...counts) / sent;
  if (!(top >= ALMOST_ALL)) {
    throw new Error(
      `without Envoy: expected one pod with at least ${percent(ALMOST_ALL)} of the calls, got ${percent(top)}`,
    );
  }
  const more = counts.length - readyPodsAt(data.events, few.fromMs).length;
  return [
    `one of ${counts.length - more} pods answers ${percent(top)} of ${formatNumber(sent)} calls,`,
    `and ${more} more pods change nothing`,
  ];
}

function balancedNotes(data: RunRecords): readonly string[] {
  const [few, many] = watched(data);
  const all = sentWithin(ofLoad(data.calls, BALANCED), { fromMs: few.fromMs, toMs: many.toMs });
  const parts = [few, many].map((phase) => {
    const { counts, sent } = answered(data, BALANCED, phase);
    const [least, most] = [Math.min(...counts) / sent, Math.max(...counts) / sent];
    if (!(most - least <= MOST_APART)) {
      throw new Error(`with Envoy, ${phase.name}: expected equal shares, got ${percent(least)} to ${percent(most)}`);
    }
    const share = percent(least) === percent(most) ? percent(most) : `${(least * 100).toFixed(1)} to ${percent(most)}`;
    return `${share} each with ${counts.length} pods`;
  });
  return [`${parts.join(', ')},`, `${failed(all).length} of ${formatNumber(all.length, 0)} calls lost`];
}

function watched(data: RunRecords): readonly [Phase, Phase] {
  return [phaseNamed(data, PHASES.few), phaseNamed(data, PHASES.many)];
}

/** Calls sent within the phase, and the answers of each pod that was ready at its end. */
function answered(data: RunRecords, load: string, phase: Phase): { readonly counts: number[]; readonly sent: number } {
  const calls = sentWithin(ofLoad(data.calls, load), phase);
  const pods = readyPodsAt(data.events, phase.toMs - 1);
  return { counts: [...answersBy(calls, 'pod', pods).values()], sent: calls.length };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
