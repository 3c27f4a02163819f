// The command line of deploy-all.sh: every mistake at once, exit code 2, no call to the cluster.
import assert from 'node:assert/strict';
import test from 'node:test';
import { StubCluster } from './support/stub-cluster';

const MISTAKES: readonly (readonly [args: readonly string[], ...complaints: RegExp[]])[] = [
  [['--frobnicate'], /unknown argument '--frobnicate'/],
  [['prometheus'], /unknown argument 'prometheus'/],
  [['--timeout', 'soon'], /--timeout: expected seconds from 1 to 99999, got 'soon'/],
  [['--timeout', '0'], /--timeout/],
  [['--timeout'], /--timeout needs a value/],
  [['--context', '--yes'], /--context needs a value/],
  [['--context='], /--context needs a value/],
  [['--linkerd', 'maybe'], /--linkerd: expected auto, on or off, got 'maybe'/],
  [['--only', 'everything'], /--only: expected one of: linkerd images .* got 'everything'/],
  [['--without', 'server'], /--without: expected one of: .* got 'server'/],
  [['--without', '*'], /--without: .* got '\*'/],
  [['--image-prefix', 'a b'], /--image-prefix: .* got 'a b'/],
  [['--image-prefix', 'x|e touch'], /--image-prefix/],
  [['--only', 'grafana', '--without', 'grafana'], /--only grafana contradicts --without grafana/],
  [['--no-wait', 'everything'], /--no-wait: expected one of: prometheus .* got 'everything'/],
  [['--no-wait', 'grafana', '--without', 'grafana'], /--no-wait grafana contradicts --without grafana/],
  [['--only', 'images', '--no-build'], /--only images contradicts --no-build/],
  [['--linkerd', 'on', '--without', 'linkerd'], /--without linkerd contradicts --linkerd on/],
  [
    ['--linkerd-viz', '--linkerd-cluster-wide', '--linkerd-set', 'a=b'],
    /--linkerd-viz goes with --linkerd on/,
    /--linkerd-cluster-wide goes with --linkerd on/,
    /--linkerd-set goes with --linkerd on/,
  ],
  [['--linkerd', 'on', '--linkerd-set', 'clusterNetworks'], /--linkerd-set: expected KEY=VALUE, got 'clusterNetworks'/],
  [['--linkerd', 'on', '--linkerd-set'], /--linkerd-set needs a value/],
  [['--delete', '--status'], /--delete and --status exclude each other/],
  [['--delete', '--local'], /--delete and --local exclude each other/],
  [['--delete', 'doctor'], /--delete and doctor exclude each other/],
  [['--status', 'adopt', '--port', '9090'], /--status and adopt exclude each other/],
  [['--only', 'envoy', 'doctor'], /--only goes with deploying, not with doctor/],
  [['--delete', '--only', 'envoy'], /--only goes with deploying, not with --delete/],
  [['--bogus', '--timeout', 'x', '--linkerd', '7'], /'--bogus'/, /got 'x'/, /got '7'/],
];

for (const [args, ...complaints] of MISTAKES) {
  test(`deploy-all.sh ${args.join(' ')} is refused`, async (t) => {
    const run = await new StubCluster(t).run(args);
    assert.equal(run.code, 2, run.stderr);
    for (const complaint of complaints) assert.match(run.stderr, complaint);
    assert.match(run.stderr, /^Usage: /m);
    assert.equal(run.stdout, '');
    assert.deepEqual(run.calls, []);
  });
}

test('deploy-all.sh --help lists every option and asks the cluster nothing', async (t) => {
  const run = await new StubCluster(t, { tools: '' }).run(['--help']);
  assert.equal(run.code, 0);
  const options =
    '--local adopt doctor --status --dry-run --delete --context --yes --linkerd --linkerd-viz --linkerd-set --linkerd-cluster-wide ' +
    '--image-prefix --no-build';
  for (const option of options.split(' ')) {
    assert.ok(run.stdout.includes(option), `${option} is not mentioned`);
  }
  assert.deepEqual(run.calls, []);
});

test('deploy-all.sh accepts --option=value and writes no colours when the output is not a terminal', async (t) => {
  const run = await new StubCluster(t).run(['--no-build', '--timeout=5', '--linkerd=off', '--without=grafana']);
  assert.equal(run.code, 0, run.stderr);
  assert.ok(!run.stdout.includes('\u001b'));
});

test('deploy-all.sh refuses a setting from the environment that is not a number', async (t) => {
  const run = await new StubCluster(t).run(['--no-build'], { env: { STUCK_SECONDS: '08' } });
  assert.equal(run.code, 2);
  assert.match(run.stderr, /STUCK_SECONDS: expected seconds from 0 to 99999, got '08'/);
});
