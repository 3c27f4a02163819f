// The check of the panels against a Prometheus, with a Prometheus that is played here.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { panelsWithoutData, prometheusAt } from '../../cluster/panels';
import { panelQueries, readDashboards } from '../../support/dashboards';

const ALL = readDashboards().flatMap(panelQueries);
const one = (value: string) => [{ metric: {}, value: [0, value] as const }];

describe('panelsWithoutData()', () => {
  it('runs every query, with its variables filled in, and finds nothing when all have a value', async () => {
    const asked: string[] = [];
    const empty = await panelsWithoutData(async (promql) => {
      asked.push(promql);
      return one('0');
    });
    assert.deepEqual(empty, []);
    assert.equal(asked.length, ALL.length);
    assert.ok(asked.every((promql) => !promql.includes('$')));
  });

  it('names queries that return no series, NaN only, or an error, and no others', async () => {
    const answers: Readonly<Record<string, () => readonly unknown[]>> = {
      [ALL[0]?.promql() ?? '']: () => [],
      [ALL[1]?.promql() ?? '']: () => [...one('NaN'), ...one('NaN')],
      [ALL[2]?.promql() ?? '']: () => {
        throw new Error('refused');
      },
    };
    const empty = await panelsWithoutData(async (promql) => answers[promql]?.() ?? [...one('NaN'), ...one('1')]);
    const reasons = new Map(empty.map(({ where, reason }) => [where, reason]));
    assert.equal(reasons.get(ALL[0]?.where ?? ''), 'no series');
    assert.equal(reasons.get(ALL[1]?.where ?? ''), 'only NaN');
    assert.equal(reasons.get(ALL[2]?.where ?? ''), 'Error: refused');
    assert.ok(empty.every(({ promql }) => promql in answers));
  });
});

describe('prometheusAt()', () => {
  it('sends the query and returns the result vector; a refusal rejects with Prometheus’ message', async () => {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const query = new URLSearchParams(body).get('query');
      const ok = request.url === '/api/v1/query' && query === 'sum(a{b="c"})';
      const answer = ok
        ? { status: 'success', data: { result: one('7') } }
        : { status: 'error', error: `bad ${query}` };
      response.end(JSON.stringify(answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const run = prometheusAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    try {
      assert.deepEqual(await run('sum(a{b="c"})'), [{ metric: {}, value: [0, '7'] }]);
      await assert.rejects(run('nonsense'), /Prometheus refused nonsense: bad nonsense/);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
