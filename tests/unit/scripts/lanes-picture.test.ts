// The picture of both lanes says what its run shows, and is not drawn of a run that shows something else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bySending, type Call } from '../../../lab/records/call';
import { LANES_FILES, lanesPicture } from '../../../scripts/lanes-picture';
import { BALANCED, DIRECT, LANES_SIZES, PHASES } from '../../../scripts/lanes-run';
import { at } from '../../support/synthetic-run';
import { changed, SERVERS, steadyCalls, withOneLost } from '../lab/experiments/judged-runs';

const FIVE = [...SERVERS, 'grpc-server-4', 'grpc-server-5'];
const EVENTS = [
  ...SERVERS.map((subject) => at(-2, { kind: 'pod-ready', subject })),
  at(0, { kind: 'phase', subject: PHASES.few }),
  at(10, { kind: 'phase', subject: PHASES.change }),
  at(10, { kind: 'scale', subject: 'grpc-server', detail: { from: 3, to: 5 } }),
  ...FIVE.slice(3).map((subject) => at(11, { kind: 'pod-ready', subject })),
  at(12, { kind: 'phase', subject: PHASES.many }),
  at(22, { kind: 'phase', subject: PHASES.end }),
];
const balanced = [
  ...steadyCalls({ load: BALANCED, fromS: 0, toS: 12, rate: LANES_SIZES.callsPerSecond }),
  ...steadyCalls({ load: BALANCED, fromS: 12, toS: 23, rate: LANES_SIZES.callsPerSecond, pods: FIVE }),
];
const direct = steadyCalls({
  load: DIRECT,
  fromS: 0,
  toS: 23,
  rate: LANES_SIZES.callsPerSecond,
  pods: ['grpc-server-2'],
});
const draw = (one: readonly Call[], other: readonly Call[]) =>
  lanesPicture({ calls: [...one, ...other].sort(bySending), events: EVENTS });
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe('lanesPicture()', () => {
  it('states the shares of its run, in both files', () => {
    for (const svg of Object.values(draw(direct, balanced))) {
      const texts = textsOf(svg);
      for (const note of [
        'one of 3 pods answers 100.0 % of 2,640 calls,',
        'and 2 more pods change nothing',
        '33.3 % each with 3 pods, 20.0 % each with 5 pods,',
        '0 of 2,640 calls lost',
        'server-1: no call',
        'server-5: no call',
        'server-5',
        'servers 3 → 5',
      ]) {
        assert.ok(texts.includes(note), `${note}: ${texts.join(' | ')}`);
      }
      assert.equal(texts.filter((text) => text === '150').length, 2, 'both lanes have one scale');
      assert.doesNotMatch(svg, /NaN|undefined/);
    }
    assert.deepEqual(Object.keys(LANES_FILES), Object.keys(draw(direct, balanced)));
  });

  it('says how many calls were lost', () => {
    assert.ok(textsOf(draw(direct, withOneLost(balanced, BALANCED, 5)).wide).includes('1 of 2,640 calls lost'));
  });

  it('is refused where the machine could not send the load', () => {
    const late = changed(direct, [4, 6], ({ seq }) => (seq % 2 === 0 ? {} : undefined));
    assert.throws(
      () => draw(late, balanced),
      /without-envoy: .*120 calls.s within 25.0 %.*: this machine was too busy/,
    );
    assert.throws(() => draw([], balanced), /without-envoy: .*too busy/);
  });

  it('is refused where several pods have the calls without Envoy, or one has more of them with Envoy', () => {
    const spread = changed(direct, [4, 6], () => ({ pod: 'grpc-server-1' }));
    assert.throws(() => draw(spread, balanced), /without Envoy: expected one pod with at least 99.0 %.*, got 90.9 %/);
    const uneven = changed(balanced, [14, 16], ({ pod }) => ({ pod: pod === 'grpc-server-4' ? 'grpc-server-5' : pod }));
    assert.throws(() => draw(direct, uneven), /with Envoy, more pods: expected equal shares, got 16.0 % to 24.0 %/);
  });
});
