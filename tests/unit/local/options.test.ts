import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseOptions } from '../../../local/options';
import { readShippedPods } from '../../../manifest-reader/autoscaler';
import { ROOT } from '../../support/read-manifests';

function problemsOf(...args: string[]): readonly string[] {
  const parsed = parseOptions(args);
  assert.equal(parsed.kind, 'wrong');
  return parsed.kind === 'wrong' ? parsed.problems : [];
}

describe('parseOptions()', () => {
  it('has a default for everything', () => {
    assert.deepEqual(parseOptions([]), {
      kind: 'run',
      options: {
        servers: 3,
        envoys: 2,
        rate: undefined,
        intervalMs: undefined,
        forMs: undefined,
        policy: undefined,
        ui: false,
        uiPort: 0,
        json: false,
        verbose: false,
        network: '127.0.0',
        manifests: undefined,
        cluster: undefined,
        server: undefined,
        client: undefined,
      },
    });
  });

  it('starts as many pods as the autoscalers keep without calls', () => {
    const parsed = parseOptions([]);
    assert.ok(parsed.kind === 'run');
    const { servers, envoys } = parsed.options;
    assert.deepEqual({ servers, envoys }, readShippedPods(ROOT));
  });

  it('reads every option, with a space or an equals sign', () => {
    const spaced = ['--servers', '5', '--envoys', '1', '--rate', '0.5', '--for', '2m', '--policy', 'RANDOM', '--json'];
    const parsed = parseOptions([...spaced, '--verbose', '--network=127.77.3']);
    assert.equal(parsed.kind, 'run');
    assert.deepEqual(parsed.kind === 'run' && parsed.options, {
      servers: 5,
      envoys: 1,
      rate: 0.5,
      intervalMs: undefined,
      forMs: 120_000,
      policy: 'RANDOM',
      ui: false,
      uiPort: 0,
      json: true,
      verbose: true,
      network: '127.77.3',
      manifests: undefined,
      cluster: undefined,
      server: undefined,
      client: undefined,
    });
  });

  it('prefers --help to everything else', () => {
    assert.deepEqual(parseOptions(['--servers', 'x', '--help']), { kind: 'help' });
  });

  it('reports every problem at once', () => {
    assert.deepEqual(problemsOf('--servers', '0', '--colour', '--for', '30', 'extra', '--json=yes', '--policy'), [
      '--colour: no such option',
      '--json: takes no value, got "yes"',
      '--policy: expected a value',
      'extra: no argument is expected here',
      '--servers: expected an integer 1-50, got "0"',
      '--for: expected a length of time such as 500ms, 30s, 2m or 1h, got "30"',
    ]);
  });

  for (const [option, value] of [
    ['--servers', '51'],
    ['--servers', '1.5'],
    ['--envoys', '8'],
    ['--envoys', '-1'],
    ['--rate', '0'],
    ['--rate', 'fast'],
    ['--interval', '5'],
    ['--policy', 'round_robin'],
    ['--policy', 'MAGLEV'],
    ['--network', '10.0.0'],
    ['--network', '127.0'],
    ['--network', '127.0.256'],
    ['--network', '127.0.0.1'],
    ['--network', '127.0.01'],
  ] as const) {
    it(`refuses ${option} ${value}`, () => {
      const [problem, ...more] = problemsOf(`${option}=${value}`);
      assert.match(problem ?? '', new RegExp(`^${option}: expected .*, got "${value.replace(/\./g, '\\.')}"$`));
      assert.deepEqual(more, []);
    });
  }

  it('refuses --rate together with --interval', () => {
    assert.deepEqual(problemsOf('--rate', '5', '--interval', '1s'), ['--rate and --interval: give one of them']);
  });
});
