import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LiveRow, LiveView } from '../../../../local/screen/live-state';
import { renderTable } from '../../../../local/screen/live-table';

const row = (name: string, more: Partial<LiveRow> = {}): LiveRow => ({
  name,
  state: 'ready',
  label: more.state ?? 'ready',
  calls: 1234,
  share: 1 / 3,
  callsPerSecond: 66.7,
  ...more,
});

const VIEW: LiveView = {
  elapsedMs: 65_000,
  ok: 3702,
  failed: 0,
  callsPerSecond: 200.04,
  latencyMs: { p50: 1.34, p99: 7.81 },
  servers: [row('grpc-server-1'), row('grpc-server-2'), row('grpc-server-3')],
  envoys: [row('envoy-1', { share: 0.5 }), row('envoy-2', { share: 0.5 })],
  earlier: { pods: 0, calls: 0 },
  events: [{ atMs: 0, text: 'grpc-server-3 ready' }],
};

function draw(view: LiveView, columns: number, rows: number, hasBlocks = false): string[] {
  const lines = renderTable(view, { title: 'title', columns, rows, hasBlocks });
  return lines.map((line) => line.map((span) => span.text).join(''));
}

describe('renderTable()', () => {
  it('shows pods and Envoys with their figures', () => {
    const lines = draw(VIEW, 100, 30);
    assert.equal(lines[1], '01:05   200.0 calls/s   3702 ok   0 failed   p50 1.3 ms   p99 7.8 ms');
    assert.equal(lines[3], 'pod           state          calls   calls/s   share');
    assert.match(lines[4] ?? '', /^grpc-server-1 ready {10}1,234 {6}66\.7 {2}33\.3 % {2}#+$/);
    assert.ok(lines.some((line) => line.startsWith('envoy-2')));
    assert.ok(lines.some((line) => /\d\d:\d\d:\d\d {2}grpc-server-3 ready$/.test(line)));
    assert.match(lines.at(-1) ?? '', /^\+ add a server .* q quit$/);
  });

  it('draws equal shares as equal bars, and half of the bar', () => {
    const [first, second, third] = draw(VIEW, 100, 30)
      .slice(4, 7)
      .map((line) => /#*$/.exec(line)?.[0].length);
    assert.equal(first, 20);
    assert.deepEqual([second, third], [first, first]);
  });

  it('draws everything on one pod as a full bar', () => {
    const servers = [row('grpc-server-1', { share: 1 }), row('grpc-server-2', { share: 0 })];
    const [all, none] = draw({ ...VIEW, servers }, 100, 30).slice(4, 6);
    assert.match(all ?? '', / #{40}$/);
    assert.doesNotMatch(none ?? '', /#/);
  });

  it('draws bars in eighths where the terminal can', () => {
    const servers = [row('grpc-server-1', { share: 0.5 }), row('grpc-server-2', { share: 0.51 })];
    assert.match(draw({ ...VIEW, servers }, 100, 30, true)[5] ?? '', / █{20}▍$/);
  });

  it('never is wider or higher than the screen', () => {
    const servers = Array.from({ length: 30 }, (_, n) => row(`grpc-server-${n + 1}`));
    for (const [columns, rows] of [
      [120, 40],
      [80, 24],
      [60, 12],
      [20, 8],
      [1, 1],
    ] as const) {
      const lines = draw({ ...VIEW, servers }, columns, rows);
      assert.ok(lines.length <= rows, `${lines.length} lines on ${rows}`);
      assert.ok(lines.every((line) => line.length <= columns));
    }
  });

  it('says how many rows it leaves out', () => {
    const servers = Array.from({ length: 30 }, (_, n) => row(`grpc-server-${n + 1}`));
    const lines = draw({ ...VIEW, servers }, 100, 15);
    assert.ok(lines.includes('… 22 more'));
    assert.match(lines.at(-1) ?? '', /q quit$/);
  });

  it('keeps the keys in sight on a narrow screen', () => {
    assert.match(draw(VIEW, 60, 20).at(-1) ?? '', /q quit$/);
  });

  it('leaves out the bars when there is no room', () => {
    assert.ok(draw(VIEW, 56, 30).every((line) => !line.includes('#')));
  });

  it('sums up pods that have no row any more', () => {
    const lines = draw({ ...VIEW, earlier: { pods: 4, calls: 3884 } }, 100, 30);
    assert.ok(lines.some((line) => /^earlier pods +4 +3,884$/.test(line)));
  });

  it('marks failures', () => {
    const lines = renderTable({ ...VIEW, failed: 2 }, { title: '', columns: 100, rows: 30, hasBlocks: false });
    assert.ok(lines[1]?.some((span) => span.text === '2 failed' && span.style === 'bad'));
  });
});
