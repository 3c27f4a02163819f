// The page's own modules, run as they are in the browser: their geometry, and what they keep.
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { joinModules, readPageDocument } from '../../../../local/page/page-document';

const load = (name: string) =>
  import(pathToFileURL(path.join(__dirname, `../../../../local/page/browser/${name}.mjs`)).href);
const slot = (at: number, pods: Record<string, number>, lost = 0) => ({ at, pods, envoys: {}, lost });

describe('the bands of the chart', () => {
  const time = { atMs: 61_000, slotMs: 500, windowMs: 60_000 };

  it('hold each call of the window once', async () => {
    const { bandsOf, stack } = await load('bands');
    const slots = new Map(
      [slot(20, { a: 3, b: 2 }, 1), slot(100, { a: 5 }), slot(121, { a: 9 })].map((s) => [s.at, s]),
    );
    const { columns, bands, lost } = bandsOf(slots, 'pods', time);
    assert.deepEqual([columns.length, columns[0], columns.at(-1)], [120, 1, 120]);
    const calls = [...bands, { rates: lost }].map(({ rates }) =>
      rates.reduce((sum: number, rate: number) => sum + rate / 2, 0),
    );
    assert.deepEqual(calls, [8, 2, 1]);
    const [low, high] = stack(bands);
    assert.deepEqual([low.to[19], high.from[19], high.to[19]], [6, 6, 10]);
  });

  it('have an axis that stays while the rate wavers', async () => {
    const { roundUp } = await load('bands');
    assert.deepEqual([0, 0.7, 50, 56, 63, 501, 1000].map(roundUp), [1, 0.8, 50, 60, 80, 600, 1000]);
  });

  it('label what was done first, and never one over another', async () => {
    const { placeLabels } = await load('bands');
    const marks = ['first', 'done', 'ready', 'dns'].map((kind) => ({ x: 50, kind, label: 'ten letters' }));
    const placed = placeLabels(marks, { rows: 2, charWidth: 6, width: 400 });
    assert.deepEqual(
      placed.map(({ row }: { row: number }) => row),
      [-1, 0, -1, 1],
    );
  });

  it('label a mark to the left of its line where there is no room to the right', async () => {
    const { placeLabels } = await load('bands');
    const marks = [10, 380].map((x) => ({ x, kind: 'died', label: 'ten letters' }));
    const placed = placeLabels(marks, { rows: 1, charWidth: 6, width: 400 });
    assert.deepEqual(
      placed.map(({ left, row }: { left: number; row: number }) => [left, row]),
      [
        [10, 0],
        [380 - 11 * 6 - 8, 0],
      ],
    );
  });
});

describe('the state of the page', () => {
  const frame = (isFirst: boolean, atMs: number, slots: unknown[], marks: unknown[] = []) => ({
    isFirst,
    atMs,
    slotMs: 500,
    windowMs: 60_000,
    envoy: { slots },
    direct: { slots: [] },
    marks,
    places: {},
  });

  it('is put together from frames, stays bounded, and survives being saved', async () => {
    const { applyFrame, emptyState, plainState, restoreState } = await load('live-state');
    const state = emptyState();
    applyFrame(state, frame(true, 0, [slot(0, { a: 1 })], [{ id: 1 }, { id: 2 }]));
    applyFrame(state, frame(false, 500, [slot(0, { a: 2 })], [{ id: 2 }, { id: 3 }]));
    assert.deepEqual([state.lanes.envoy.get(0).pods.a, state.marks.length], [2, 3]);
    for (let n = 1; n < 1000; n++) applyFrame(state, frame(false, n * 500, [slot(n, { a: 1 })], [{ id: n + 3 }]));
    assert.ok(state.lanes.envoy.size <= 123, String(state.lanes.envoy.size));
    assert.ok(state.marks.length <= 200);
    assert.deepEqual(restoreState(JSON.parse(JSON.stringify(plainState(state)))), state);
  });
});

describe('readPageDocument()', () => {
  it('is one script that compiles, and a policy that lets no other one run', () => {
    const { html, policy } = readPageDocument();
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    new Script(script);
    assert.doesNotMatch(script, /^(import|export) /m);
    assert.match(policy, /default-src 'none'; script-src 'sha256-[^' ]+'; /);
    assert.doesNotMatch(html, /(src|href)="(?!data:)/);
  });

  it('refuses a module that would end its script element', () => {
    assert.throws(() => joinModules(["const end = '</script>';"]), /module 1 .* would end/);
  });
});
