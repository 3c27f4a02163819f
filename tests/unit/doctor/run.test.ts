// What the doctor prints where, and its exit codes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import type { LiveContext } from '../../../doctor/live/run-live';
import { parseOptions } from '../../../doctor/options';
import { runDoctor } from '../../../doctor/run';

const SAMPLES = path.join(__dirname, 'samples');

/** Files alone are to ask nothing. */
const NO_CLUSTER: LiveContext = {
  run: async (command) => assert.fail(`it ran ${command}`),
  readByForward: async () => assert.fail('it opened a port'),
  clock: { nowMs: () => assert.fail('it asked the time'), pause: async () => assert.fail('it waited') },
  listen: () => assert.fail('it took Ctrl-C away'),
  progress: (line) => assert.fail(`it said ${line}`),
};

async function run(args: readonly string[], stdin = '') {
  const parsed = parseOptions(args);
  assert.equal(parsed.kind, 'run', JSON.stringify(parsed));
  const written = { out: '', err: '' };
  const code = await runDoctor(parsed.kind === 'run' ? parsed.options : assert.fail(), {
    folder: SAMPLES,
    readStdin: () => stdin,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    paint: (_, text) => text,
    live: NO_CLUSTER,
  });
  return { code, ...written };
}

describe('runDoctor()', () => {
  for (const [args, code] of [
    [['GLB001/fixed.yaml'], 0],
    [['GLB001/broken.yaml'], 1],
    [['GLB043/broken.yaml'], 1],
    [['GLB043/broken.yaml', '--fail-on', 'error'], 0],
    [['GLB045/broken.yaml'], 0],
    [['GLB045/broken.yaml', '--fail-on', 'info'], 1],
    [['GLB001/broken.yaml', '--json'], 1],
    [['GLB001/broken.yaml', '--sarif'], 1],
  ] as const) {
    it(`ends ${args.join(' ')} with ${code}`, async () => {
      const result = await run(args);
      assert.equal(result.code, code, result.out);
      assert.equal(result.err, '');
    });
  }

  it('reads standard input', async () => {
    const text = readFileSync(path.join(SAMPLES, 'GLB001/broken.yaml'), 'utf8');
    assert.equal((await run(['-'], text)).code, 1);
  });

  it('ends with 2 and prints no diagnosis when the input cannot be read', async () => {
    const result = await run(['gone.yaml', 'gone-too.yaml', '--json']);
    assert.deepEqual([result.code, result.out], [2, '']);
    assert.equal(result.err.match(/^doctor: gone/gm)?.length, 2);
  });

  it("ends with 2 when a text looks like Envoy's configuration and is no YAML", async () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  e: |\n    static_resources:\n      {{ x\n';
    const result = await run(['-'], text);
    assert.equal(result.code, 2);
    assert.match(result.err, /^doctor: stdin:5: ConfigMap default\/a \(e\) looks like Envoy's configuration/);
  });
});

describe('parseOptions()', () => {
  it('reports every mistake at once', () => {
    const parsed = parseOptions(['--fail-on', 'fatal', '--json', '--sarif', '--frobnicate']);
    assert.ok(parsed.kind === 'wrong');
    for (const said of [
      /--fail-on: expected one of/,
      /--json and --sarif/,
      /--frobnicate/,
      /expected files, a folder/,
    ]) {
      assert.match(parsed.problems.join('\n'), said);
    }
  });

  it('takes an empty word for a variable that is not set, not for this folder', () => {
    const parsed = parseOptions(['']);
    assert.ok(parsed.kind === 'wrong');
    assert.match(parsed.problems.join(), /got an empty word/);
  });

  it('knows help beside anything', () => assert.equal(parseOptions(['a.yaml', '-h']).kind, 'help'));
});
