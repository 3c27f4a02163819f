import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textWidth } from '../../../../lab/report/elements';
import { layOutLegend } from '../../../../lab/report/legend';

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
