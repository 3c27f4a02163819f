// The document that is written from verdicts: which runs speak in it, in which order, and what is said of the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Experiment } from '../../../../lab/experiment';
import type { Params } from '../../../../lab/records/params';
import type { RunData } from '../../../../lab/records/run-data';
import { totalsOf, totalsText } from '../../../../lab/report/document-totals';
import { documentExperiments } from '../../../../lab/report/documented-experiment';
import { experimentsDocument } from '../../../../lab/report/experiments-document';
import { isImageName } from '../../../../lab/report/image-name';
import { plainText } from '../../../../lab/report/markdown';
import { newestRuns } from '../../../../lab/report/newest-runs';
import { reportRun } from '../../../../lab/report/run-report';
import { sampleAutoscale } from '../../../support/sample-experiments/sample-autoscale';
import { sampleScaleUp } from '../../../support/sample-experiments/sample-scale-up';
import { sampleSlowPod } from '../../../support/sample-experiments/sample-slow-pod';
import { sampleSpread } from '../../../support/sample-experiments/sample-spread';
import { autoscaleRun, evenRun, scaleUpRun, unevenRun } from '../../../support/sample-runs';

const SPREAD: Experiment = {
  ...sampleSpread,
  mutations: [
    { name: 'sticky', text: 'one pod gets all', backends: ['local', 'cluster'], change: {}, mustFail: ['jain'] },
    { name: 'slow', text: 'pods are slow', backends: ['local'], change: {}, mustFail: ['jain', 'failed'] },
  ],
};
const EXPERIMENTS = [sampleAutoscale, SPREAD, sampleScaleUp, { ...sampleSlowPod, backends: ['local'] as const }];

const altered = (data: RunData, params: Partial<Params>): RunData => ({
  ...data,
  params: { ...data.params, ...params },
});
const broken = (data: RunData, mutation: string, params: Partial<Params> = {}) =>
  altered(data, { ...params, mutation });

function documented(runs: readonly RunData[]) {
  const judged = runs.map((data) => {
    const experiment = EXPERIMENTS.find(({ name }) => name === data.params.experiment);
    assert.ok(experiment);
    return reportRun(data, experiment, 'run');
  });
  return documentExperiments(EXPERIMENTS, judged);
}

const markdown = (runs: readonly RunData[]) =>
  experimentsDocument(documented(runs), { imageFolder: 'images' }).replaceAll('\u00a0', ' ');
const section = (text: string, name: string) => text.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';

test('experimentsDocument() has each question, figure, number and command', () => {
  const text = markdown([evenRun(), altered(unevenRun(), { backend: 'cluster' }), autoscaleRun()]);
  assert.match(text, /^# Experiments\n/);
  assert.match(text, /\| \[sample-spread\]\(#sample-spread\) \| Does every .*\? \| ✓ All 5 claims hold \| ✗ 4 of 5 /);
  const spread = section(text, 'sample-spread');
  assert.match(
    spread,
    /\*\*Does every server pod get the same number of calls\?\*\* Each Envoy deals calls out in turn/,
  );
  assert.match(
    spread,
    /\| `max-minus-min` \| The pods differ by .* \| ≤ 2 calls \| 1 call<br>.* \| ✗ \*\*9,700 calls\*\*/,
  );
  assert.match(spread, /<sub>10000 calls over 3 pods<\/sub>/);
  assert.match(spread, /!\[Every pod carries the same part of the load\]\(images\/sample-spread\.local\.calls\.svg\)/);
  assert.match(spread, /```sh\nnpm run lab -- run sample-spread --on local --seed 20260301\n/);
  assert.match(
    section(text, 'sample-autoscale'),
    /\n- cluster, 1 March 2026, 12:06 UTC, commit `3b5d03f2c4`; 2 × Synthetic CPU, 24\.0 GiB, Linux .*; node .* kubernetes 1\.35\.4; calls 10000\.\n/,
  );
  assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'));
});

test('experimentsDocument() keeps the order of the experiments, whenever they ran', () => {
  const order = (text: string) => [...text.matchAll(/^## (.*)$/gm)].map(([, name]) => name);
  const names = ['sample-autoscale', 'sample-spread', 'sample-scale-up', 'sample-slow-pod'];
  assert.deepEqual(order(markdown([evenRun(), scaleUpRun(), autoscaleRun()])), names);
  assert.deepEqual(order(markdown([])), names);
});

test('newestRuns() never lets a quick run replace a full one', () => {
  const at = (startedAt: string, quick: boolean) => altered(evenRun(), { startedAt, quick });
  const newest = (...runs: readonly RunData[]) => newestRuns(runs).map(({ params }) => params.startedAt);
  assert.deepEqual(newest(at('1', false), at('2', false), at('3', true)), ['2']);
  assert.deepEqual(newest(at('1', true), at('2', false)), ['2']);
  assert.deepEqual(newest(at('1', true), at('2', true)), ['2']);
});

test('experimentsDocument() marks a quick run as quick', () => {
  const text = markdown([altered(evenRun(), { quick: true })]);
  assert.match(text, /✓ All 5 claims hold \(quick\) \| not run \|/);
  assert.match(section(text, 'sample-spread'), /\| threshold \| local \(quick\) \| cluster \|/);
  assert.match(section(text, 'sample-spread'), /\n- Quick, local, /);
});

test('experimentsDocument() says what was not run and where a question is not asked', () => {
  const text = markdown([evenRun()]);
  assert.match(text, /\| \[sample-spread\].* \| ✓ All 5 claims hold \| not run \|\n/);
  assert.match(text, /\| \[sample-scale-up\].* \| not run \| not run \|\n/);
  assert.match(text, /\| \[sample-slow-pod\].* \| not run \| — \|\n/);
  assert.match(
    section(text, 'sample-spread'),
    /\| `failed` \| No call fails\. \| = 0 calls \| 0 calls.* \| not run \|\n/,
  );
  assert.match(section(text, 'sample-spread'), /\nnpm run lab -- run sample-spread --on cluster\n```/);
  assert.match(section(text, 'sample-scale-up'), /\nNot run on local and cluster: nothing was measured yet\.\n/);
  assert.match(section(text, 'sample-slow-pod'), /\nAsked on local only\.\n/);
});

test('experimentsDocument() keeps mutations out of the claims, and says whether they were noticed', () => {
  const runs = [
    evenRun(),
    broken(evenRun(), 'sticky: one pod gets all', { quick: true }),
    broken(unevenRun(), 'sticky: one pod gets all', { quick: true }),
    broken(altered(unevenRun(), { backend: 'cluster' }), 'sticky: one pod gets all'),
    broken(evenRun(), 'slow: pods are slow'),
  ];
  const spread = section(markdown(runs), 'sample-spread');
  assert.match(spread, /\| `max-minus-min` .* \| 1 call<br>.* \| not run \|\n/);
  assert.match(spread, /\n\| mutation \| what is broken \| claims that must fail \| local \| cluster \|\n/);
  assert.match(spread, /\n\| `sticky` \| one pod gets all \| `jain` \| ✓ noticed \(quick\) \| ✓ noticed \|\n/);
  assert.match(spread, /\| `slow` \| .* \| `jain`, `failed` \| ✗ \*\*not noticed\*\*: `jain`, `failed` hold \| — \|\n/);
  const alone = section(markdown([evenRun()]), 'sample-spread');
  assert.match(alone, /\| `sticky` .* \| not run \| not run \|\n/);
  assert.match(section(markdown([]), 'sample-scale-up'), /\nIt has no mutations\.\n/);
});

test('a claim that a broken run does not have was not noticed either', () => {
  const { params, ...raw } = broken(unevenRun(), 'sticky: one pod gets all');
  const [, spread] = documentExperiments(EXPERIMENTS, [
    { params, figures: [], verdict: { ...reportRun({ params, ...raw }, SPREAD, 'run').verdict, claims: [] } },
  ]);
  assert.deepEqual(spread?.mutations[0]?.outcomes.get('local')?.standing, ['jain']);
});

test('totals count what holds, what does not, and what was not run', () => {
  const runs = [evenRun(), altered(unevenRun(), { backend: 'cluster' }), broken(evenRun(), 'slow: pods are slow')];
  const [local, cluster, ...others] = totalsOf(documented(runs));
  assert.ok(local && cluster && others.length === 0);
  assert.equal(
    totalsText(local),
    'On local 1 of 4 experiments hold, 3 were not run; of 2 mutations 0 were noticed, 1 not noticed, 1 not run.',
  );
  assert.equal(
    totalsText(cluster),
    'On cluster 0 of 3 experiments hold, 1 does not, 2 were not run; of 1 mutations none was run.',
  );
  assert.deepEqual(local.mutations, {
    noticed: [],
    missed: ['sample-spread slow'],
    notRun: ['sample-spread sticky'],
  });
});

test('figures: the first of the first backend, and of both where pods follow a load', () => {
  const names = documented([
    altered(autoscaleRun(), { backend: 'local' }),
    autoscaleRun(),
    evenRun(),
    altered(unevenRun(), { backend: 'cluster' }),
    altered(scaleUpRun(), { backend: 'cluster' }),
  ]).flatMap(({ figures }) => figures.map(({ fileName }) => fileName));
  assert.deepEqual(names, [
    'sample-autoscale.local.replicas.svg',
    'sample-autoscale.cluster.replicas.svg',
    'sample-spread.local.calls.svg',
    'sample-scale-up.cluster.calls.svg',
  ]);
  assert.ok(names.every(isImageName));
  for (const other of ['grafana.svg', 'sample-spread-calls.svg', 'a.local.b.png', 'a.mars.b.svg', 'a.local.b.c.svg']) {
    assert.ok(!isImageName(other), other);
  }
});

test('experimentsDocument() gives each backend its own threshold where they differ', () => {
  const run = scaleUpRun();
  const claims = run.params.claims.map((claim) =>
    claim.id === 'first-call' ? { ...claim, threshold: { atMost: 2.5 } } : claim,
  );
  const text = markdown([run, altered(run, { backend: 'cluster', claims })]);
  assert.match(text, /≤ 1\.5 s \(local\), ≤ 2\.5 s \(cluster\)/);
});

test('text from records cannot become anything but text', () => {
  assert.equal(
    plainText('a|b <c> *d* _e_ f_g [h](i) `j` $k$\n l &amp; m & n'),
    'a\\|b \\<c\\> \\*d\\* \\_e\\_ f_g \\[h\\](i) \\`j\\` \\$k\\$ l &amp;amp; m & n',
  );
  const evil = '<script>|</script> ![x](y)';
  const text = markdown([
    altered(evenRun(), { question: evil, machine: { ...evenRun().params.machine, cpuModel: evil } }),
  ]);
  assert.doesNotMatch(text, /(?<!\\)<script|(?<!\\)\[x/);
  for (const line of section(text, 'sample-spread')
    .split('\n')
    .filter((each) => each.startsWith('| `'))) {
    assert.ok([6, 7].includes(line.split(/(?<!\\)\|/).length), line);
  }
});
