// docs/metrics.md names every metric of the services, with its type and labels, and just the series of Envoy that
// this project reads.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { panelQueries, readDashboards } from '../../support/dashboards';
import { readEnvoyMetrics } from '../../support/envoy-metric-names';
import { declaredTypes, type MetricType, parseExposition } from '../../support/exposition';
import { clientExposition, serverExposition, targetLabels } from '../../support/known-metrics';
import { adapterRules } from '../../support/metrics-config';
import { parseQuery } from '../../support/promql';

const TEXT = readFileSync(path.join(__dirname, '../../../docs/metrics.md'), 'utf8');

/** The cells of the table below a heading, without its own head. */
function tableBelow(heading: string): string[][] {
  const section = TEXT.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? assert.fail(heading);
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

interface Documented {
  readonly type: MetricType;
  readonly labels: readonly string[];
  readonly unit: string;
}

function documented(heading: string): Map<string, Documented> {
  return new Map(
    tableBelow(heading).map(([name = '', type = '', labels = '', unit = '']) => [
      quoted(name)[0] ?? '',
      { type: type as MetricType, labels: quoted(labels), unit },
    ]),
  );
}

/** Metrics that only Linux has. */
const LINUX_ONLY = ['process_virtual_memory_bytes', 'process_heap_bytes', 'process_open_fds', 'process_max_fds'];

describe('docs/metrics.md', () => {
  const both = documented('Both: the process and Node.js');

  for (const [heading, exposition] of [
    ['Server', serverExposition],
    ['Client', clientExposition],
  ] as const) {
    const rows = new Map([...documented(heading), ...both]);

    it(`names the metrics of the ${heading.toLowerCase()}, and no others`, async () => {
      const declared = declaredTypes(await exposition());
      const absent = process.platform === 'linux' ? [] : LINUX_ONLY;
      const expected = [...rows].filter(([name]) => declared.has(name) || !absent.includes(name));
      const types = expected.map(([name, { type }]) => [name, type]);
      assert.deepEqual(Object.fromEntries(types), Object.fromEntries(declared));
    });

    it(`names the labels of the ${heading.toLowerCase()}'s metrics`, async () => {
      for (const [name, { labels }] of parseExposition(await exposition())) {
        assert.deepEqual(rows.get(name)?.labels, labels, name);
      }
    });

    it(`gives the ${heading.toLowerCase()}'s metrics the unit that their names say`, () => {
      for (const [name, { unit }] of rows) {
        const inName = /_(seconds|bytes)(_total)?$/.exec(name)?.[1];
        if (inName !== undefined) assert.equal(unit, inName, name);
        else assert.doesNotMatch(unit, /seconds|bytes/, name);
      }
    });
  }

  it('names the series of Envoy that dashboards and the adapter read, and from when on they are there', () => {
    const queries = readDashboards().flatMap(panelQueries);
    const read = queries.flatMap((query) => parseQuery(query.promql()).selectors.map(({ metric }) => metric));
    const envoy = readEnvoyMetrics().filter(({ name }) => read.includes(name) || read.includes(`${name}_bucket`));
    const expected = envoy.map(({ name, since }) => [name, since === 'start' ? 'start' : 'first call']);
    const rows = tableBelow('Envoy').flatMap(([names = '', from]) => quoted(names).map((name) => [name, from]));
    assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(expected));
    assert.equal(new Set(rows.map(([name]) => name)).size, rows.length, 'a series is named twice');
  });

  it('names the labels that Prometheus adds', () => {
    const section = TEXT.split(/^## /m).find((part) => part.startsWith('What Prometheus adds')) ?? '';
    const sentence = section.slice(0, section.indexOf('With `honor_labels'));
    assert.deepEqual(
      quoted(sentence)
        .filter((word) => targetLabels().has(word))
        .sort(),
      [...targetLabels()].sort(),
    );
  });

  it('names the custom metrics, their series, and the HPAs that read them', () => {
    const expected = adapterRules().map(({ seriesQuery, name }) => [
      name.as,
      parseQuery(seriesQuery).selectors[0]?.metric,
    ]);
    const rows = tableBelow('Custom metrics').map((cells) => cells.map((cell) => quoted(cell)[0]));
    assert.deepEqual(
      rows.map(([metric, series]) => [metric, series]),
      expected,
    );
    assert.deepEqual(
      rows.map(([, , file]) => file),
      ['grpc_server_k8s/hpa.yaml', 'envoy_proxy_k8s/hpa.yaml', 'grpc_server_k8s/envoy-load/hpa.yaml'],
    );
  });

  it('names the dashboards', () => {
    const titles = readDashboards().map(({ title }) => title);
    assert.deepEqual(
      tableBelow('Dashboards')
        .map(([title]) => title)
        .sort(),
      titles.sort(),
    );
  });
});
