// Numbers, scales, names and marks: what a chart says in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketAt, bucketsFor, middleSeconds, ratesBy } from '../../../lab/report/buckets';
import { textWidth } from '../../../lab/report/elements';
import { layOutLegend } from '../../../lab/report/legend';
import { markText } from '../../../lab/report/mark-texts';
import { layOutMarks, markedEvents } from '../../../lab/report/marks';
import { shortName, stylePods } from '../../../lab/report/pod-names';
import {
  formatDate,
  formatDuration,
  formatInterval,
  formatNumber,
  formatQuantity,
  formatThreshold,
} from '../../../lab/report/quantity';
import { countScale, formatSeconds, logScale, scaleFromZero, timeStep } from '../../../lab/report/scale';
import { autoscaleRun, crashRun, evenRun, slowPodRun } from '../../support/sample-runs';
import { at, START_MS } from '../../support/synthetic-run';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

for (const [value, unit, text] of [
  [0, 'calls', '0 calls'],
  [1, 'calls', '1 call'],
  [12_345, 'calls', '12,345 calls'],
  [1.5, 's', '1.5 s'],
  [1, 's', '1 s'],
  [1, 'ms', '1 ms'],
  [0.012345, 'ms', '0.01 ms'],
  [123.456, 'ms', '123 ms'],
  [0.333333, 'share', '33.3 %'],
  [0.9999999, 'index', '1'],
  [0.999_991, 'index', '0.999991'],
  [0.0783, 'ratio', '0.0783 ×'],
  [-4, 'calls', '−4 calls'],
  [null, 'ms', 'not measured'],
  [Number.NaN, 'ms', 'not measured'],
] as const) {
  test(`formatQuantity(${value}, ${unit}) is "${text}"`, () => {
    assert.equal(plain(formatQuantity(value, unit)), text);
  });
}

test('formatThreshold() says what must hold', () => {
  assert.equal(plain(formatThreshold({ atMost: 1.5 }, 's')), '≤ 1.5 s');
  assert.equal(plain(formatThreshold({ atLeast: 0.99 }, 'share')), '≥ 99 %');
  assert.equal(plain(formatThreshold({ equals: 0 }, 'calls')), '= 0 calls');
  assert.equal(plain(formatThreshold({ between: [0.1, 0.3] }, 'index')), '0.1 to 0.3');
  assert.equal(formatThreshold({ reported: true }, 'ms'), 'reported');
  assert.equal(plain(formatInterval({ low: 0.2, high: Number.POSITIVE_INFINITY }, 'ms')), '0.2 to ∞ ms');
});

test('formatDuration() and formatDate() read as prose', () => {
  assert.equal(plain(formatDuration(12_340)), '12.3 s');
  assert.equal(plain(formatDuration(200_000)), '3 min 20 s');
  assert.equal(formatDate('2026-03-01T12:00:05.000Z'), '1 March 2026, 12:00 UTC');
  assert.equal(formatNumber(-0.0001, 2), '0');
});

test('scaleFromZero() ends at or above the highest value in few round steps', () => {
  for (const highest of [0.003, 0.7, 1, 3, 99, 100, 101, 12_345]) {
    const { max, step } = scaleFromZero(highest);
    assert.ok(max >= highest && max / step <= 5.0001, `${highest}: ${max} by ${step}`);
    assert.match(String(Number(step.toPrecision(3))).replace(/[0.]|e.*/g, ''), /^[125]$/);
  }
  assert.deepEqual(scaleFromZero(0), { min: 0, max: 1, step: 1 });
  assert.deepEqual(scaleFromZero(Number.NaN), { min: 0, max: 1, step: 1 });
});

test('countScale() never has half a pod, logScale() spans whole powers of ten', () => {
  assert.deepEqual(countScale(2), { min: 0, max: 2, step: 1 });
  assert.deepEqual(countScale(10), { min: 0, max: 10, step: 2 });
  assert.deepEqual(logScale(1.2, 250), { min: 1, max: 1000, step: 10 });
  assert.deepEqual(logScale(10, 10), { min: 10, max: 100, step: 10 });
  assert.deepEqual(logScale(Number.POSITIVE_INFINITY, 0), { min: 1, max: 10, step: 10 });
});

test('time axes count seconds, long ones minutes', () => {
  assert.equal(formatSeconds(20, 60), '20 s');
  assert.equal(formatSeconds(125, 600), '2:05');
  assert.equal(formatSeconds(179.6, 600), '3:00');
  assert.equal(timeStep(60, 800), 10);
  assert.ok(timeStep(600, 300) >= 120);
});

test('ratesBy() puts every call into one bucket: the areas add up to the calls', () => {
  const { calls } = evenRun();
  const [first, last] = [calls[0], calls.at(-1)];
  assert.ok(first && last);
  const buckets = bucketsFor({ fromMs: first.sentMs, toMs: last.sentMs }, calls.length);
  const rates = ratesBy(buckets, calls, ({ pod }) => pod);
  const counted = [...rates.values()].flatMap((series) => [...series]).reduce((sum, rate) => sum + rate, 0);
  assert.ok(Math.abs(counted * (buckets.widthMs / 1000) - calls.length) <= 1, `${counted}`);
  assert.ok(buckets.count >= 60 && buckets.count <= 200);
  assert.equal(middleSeconds(buckets, 0), buckets.widthMs / 2000);
});

test('bucketAt() knows no bucket before the first and none after the last', () => {
  const buckets = { fromMs: 100, widthMs: 10, count: 3 };
  assert.deepEqual(
    [99, 100, 109, 110, 129, 130].map((ms) => bucketAt(buckets, ms)),
    [undefined, 0, 0, 1, 2, undefined],
  );
});

test('bucketsFor() of many calls is finer than of few', () => {
  const span = { fromMs: 0, toMs: 60_000 };
  assert.equal(bucketsFor(span, 1000).widthMs, 1000);
  assert.equal(bucketsFor(span, 100_000).widthMs, 500);
  assert.equal(bucketsFor({ fromMs: 5, toMs: 5 }, 1).count, 1);
});

test('shortName() keeps what tells pods apart', () => {
  assert.equal(shortName('grpc-server-12'), 'server-12');
  assert.equal(shortName('grpc-server-7c9f8d6b54-x7k2p'), 'server-x7k2p');
  assert.equal(shortName('envoy-6f7d9c5b48-jx2lm'), 'envoy-jx2lm');
  assert.equal(shortName('envoy-2'), 'envoy-2');
});

test('stylePods() orders numbered pods by number, and others by when they were first seen', () => {
  const local = stylePods(crashRun());
  const labels = local.ordered(['grpc-server-10', 'grpc-server-9', 'envoy-1', 'unheard-of']).map(({ label }) => label);
  assert.deepEqual(labels, ['server-9', 'server-10', 'envoy-1', 'unheard-of']);
  const names = [...new Set(autoscaleRun().calls.map(({ pod }) => pod))];
  assert.deepEqual(
    stylePods(autoscaleRun())
      .ordered(names.toReversed())
      .map(({ name }) => name),
    names,
  );
  const colours = new Set(
    local.ordered(['grpc-server-1', 'grpc-server-2', 'grpc-server-3']).map(({ colour }) => colour),
  );
  assert.equal(colours.size, 3);
});

test('markText() names every event that is marked', () => {
  assert.equal(markText(at(0, { kind: 'scale', subject: 'grpc-server', detail: { from: 3, to: 6 } })), 'servers 3 → 6');
  assert.equal(
    markText(at(0, { kind: 'signal', subject: 'grpc-server-2', detail: { signal: 'SIGSTOP' } })),
    'SIGSTOP server-2',
  );
  assert.equal(
    markText(at(0, { kind: 'fault', subject: 'grpc-server-3', detail: { delayMs: 200, errorRate: 0.1 } })),
    'server-3 +200 ms, 10 % errors',
  );
  assert.equal(markText(at(0, { kind: 'dns-fault', detail: { mode: 'servfail' } })), 'DNS servfail');
  assert.equal(markText(at(0, { kind: 'component-down', subject: 'prometheus' })), 'prometheus taken away');
});

test('layOutMarks() lets no name touch another, whatever the width', () => {
  const { events } = slowPodRun();
  const span = { fromMs: START_MS, toMs: START_MS + 60_000 };
  for (const right of [250, 290, 330, 380, 844]) {
    const marks = layOutMarks(markedEvents(events, span), span, { left: 46, right });
    const texts = marks.draw(100, 300).filter((element) => element.type === 'text');
    const boxes = texts.map(({ style: { x, y, text, align } }) => {
      const width = textWidth(text, 11);
      return { text, y, from: align === 'right' ? x - width : x, to: align === 'right' ? x : x + width };
    });
    for (const [index, box] of boxes.entries()) {
      assert.ok(box.to <= right, `${box.text} ends at ${box.to}`);
      for (const other of boxes.slice(index + 1)) {
        assert.ok(box.y !== other.y || box.to <= other.from || other.to <= box.from, `${box.text} and ${other.text}`);
      }
    }
    for (const element of marks.draw(100, 300)) {
      if (element.type !== 'line') continue;
      const { x1, y1 } = element.shape;
      for (const box of boxes) {
        assert.ok(box.y <= y1 || x1 <= box.from + 0.5 || x1 >= box.to, `a line at ${x1} crosses ${box.text}`);
      }
    }
    // What found no room above stands in the legend.
    assert.equal(texts.length + marks.legend.length, 4);
  }
});

test('layOutMarks() names twenty kills once', () => {
  const { events } = crashRun();
  const span = { fromMs: START_MS, toMs: START_MS + 190_000 };
  const marks = layOutMarks(markedEvents(events, span), span, { left: 46, right: 844 });
  assert.deepEqual(
    marks.legend.map(({ label }) => label),
    ['SIGKILL (20 times)'],
  );
  const drawn = marks.draw(0, 100);
  assert.equal(drawn.filter(({ type }) => type === 'line').length, 20);
  assert.equal(drawn.filter(({ type }) => type === 'text').length, 0);
});

test('layOutMarks() lists in the order of time what it has no room to name', () => {
  const events = [0, 1, 2, 3, 4].flatMap((pair) => [
    at(10 + pair, { kind: 'signal', subject: 'grpc-server-1', detail: { signal: 'SIGSTOP' } }),
    at(10.5 + pair, { kind: 'pod-ready', subject: `grpc-server-${pair}` }),
  ]);
  const { legend } = layOutMarks(events, { fromMs: START_MS, toMs: START_MS + 60_000 }, { left: 46, right: 250 });
  const seconds = legend.map(({ label }) => Number(/ at ([\d.]+) s$/.exec(label)?.[1]));
  assert.ok(seconds.length > 1 && seconds.every(Number.isFinite), legend.map(({ label }) => label).join(', '));
  assert.deepEqual(
    seconds,
    seconds.toSorted((left, right) => left - right),
  );
});

test('layOutLegend() breaks rows before it cuts an entry', () => {
  const entries = Array.from({ length: 9 }, (_, index) => ({
    label: `server-${index}`,
    colour: '#000000',
    sample: 'area' as const,
  }));
  const narrow = layOutLegend(entries, 200);
  for (const element of narrow.elements) {
    if (element.type === 'text') assert.ok(element.style.x + textWidth(element.style.text) <= 200);
  }
  assert.ok(narrow.height > layOutLegend(entries, 900).height);
  assert.equal(layOutLegend([], 900).height, 0);
});
