import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textWidth } from '../../../../lab/report/elements';
import { layOutMarks, markedEvents } from '../../../../lab/report/marks';
import { crashRun, slowPodRun } from '../../../support/sample-runs';
import { at, START_MS } from '../../../support/synthetic-run';

test('layOutMarks() lets no two names touch, whatever the width is', () => {
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

test('layOutMarks() lists the events that it has no room to name in the order of time', () => {
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
