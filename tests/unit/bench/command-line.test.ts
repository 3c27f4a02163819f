import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCommand, QUICK_SUITES, SUITES } from '../../../bench/command-line';

const problemsOf = (...args: string[]) => {
  const command = parseCommand(args);
  return command.kind === 'wrong' ? command.problems : [];
};

describe('parseCommand()', () => {
  it('measures everything by default, and what has gates when it is quick', () => {
    const all = parseCommand([]);
    const quick = parseCommand(['--quick']);
    assert.ok(all.kind === 'run' && quick.kind === 'run');
    assert.deepEqual([all.suites, quick.suites], [SUITES, QUICK_SUITES]);
  });

  it('reads servers with other settings, another checkout and another Node.js', () => {
    const command = parseCommand(['debug LOG_LEVEL=debug REFLECTION=false', 'old root=../old node=20.19.0']);
    assert.ok(command.kind === 'run');
    assert.deepEqual(command.extra, [
      { name: 'debug', root: undefined, node: undefined, env: { LOG_LEVEL: 'debug', REFLECTION: 'false' } },
      { name: 'old', root: '../old', node: '20.19.0', env: {} },
    ]);
  });

  it('reports every problem at once', () => {
    assert.deepEqual(
      problemsOf('--only', 'servers,none', '--rounds', '2', '--max-foreign', 'x', '--network', '10.0.0'),
      [
        `--only: expected some of ${SUITES.join(', ')}, got "servers,none"`,
        '--rounds: expected an integer 3-100, got "2"',
        '--max-foreign: expected a number 0-1000, got "x"',
        '--network: expected three numbers of a loopback network such as 127.0.1, got "10.0.0"',
      ],
    );
  });

  it('refuses servers that it cannot read, that are there twice, and that no suite would have', () => {
    assert.deepEqual(problemsOf('a b', 'a', '--only', 'paths'), [
      'a: expected VARIABLE=VALUE, root=DIR or node=VERSION, got "b"',
      'a: expected one SERVER of that name, got 2',
      'SERVER: has a meaning in the suite servers only',
    ]);
    assert.match(problemsOf('a node=20')[0] ?? '', /a: node: expected a version such as/);
    assert.match(problemsOf('A=B')[0] ?? '', /SERVER: expected a name of 1-30 letters first, got "A=B"/);
  });

  it('writes a document from a record, and nothing else then', () => {
    assert.deepEqual(parseCommand(['--from', 'a.json,b.json']), { kind: 'document', from: ['a.json', 'b.json'] });
    assert.deepEqual(problemsOf('--from', 'a.json', '--quick', 'ours'), [
      '--quick: has no meaning beside --from',
      'ours: no argument is expected beside --from',
    ]);
  });
});
