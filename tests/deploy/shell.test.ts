// The scripts as text: they parse, shellcheck finds nothing, and they stay within the grammar of bash 3.2 (macOS).
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what looks like a placeholder here is bash
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { needProgram, SHELLCHECK } from '../support/test-programs';
import { ROOT } from './support/stub-cluster';

const PARTS = path.join(ROOT, 'scripts/deploy');
const SCRIPTS = ['deploy-all.sh', ...readdirSync(PARTS).map((name) => `scripts/deploy/${name}`)];

/** What bash 3.2 does not know, and what the house does not want. */
const UNWANTED: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['associative arrays (bash 4)', /\b(declare|local|typeset|readonly)\s+-[a-zA-Z]*A/],
  ['name references (bash 4.3)', /\b(declare|local|typeset)\s+-[a-zA-Z]*n\b/],
  ['declare -g (bash 4.2)', /\bdeclare\s+-[a-zA-Z]*g/],
  ['mapfile or readarray (bash 4)', /\b(mapfile|readarray)\b/],
  ['changing case by ${…,,} or ${…^^} (bash 4)', /\$\{[A-Za-z_0-9@*[\]]+(,|\^)/],
  ['${…@Q} (bash 4.4)', /\$\{[A-Za-z_0-9[\]]+@[QEPAa]\}/],
  ['|& and &>> (bash 4)', /\|&|&>>/],
  ['coproc (bash 4)', /\bcoproc\b/],
  ['wait -n (bash 4.3)', /\bwait\s+-n\b/],
  ['negative indexes (bash 4.3)', /\$\{[A-Za-z_]+\[-\d/],
  ['[[ -v ]] (bash 4.2)', /\[\[\s+-v\s/],
  ['EPOCHSECONDS, EPOCHREALTIME, SRANDOM (bash 5)', /\b(EPOCHSECONDS|EPOCHREALTIME|SRANDOM)\b/],
  ['printf %(…)T (bash 4.2)', /printf.*%\([^)]*\)T/],
  ['inherit_errexit, globstar, lastpipe (bash 4)', /\b(inherit_errexit|globstar|lastpipe)\b/],
  ['{fd}> (bash 4.1)', /\{[a-z_]+\}[<>]/],
  ['read -i, -N or -t with a fraction (bash 4)', /\bread\s+(-[a-z]+\s+)*-(i|N|t\s+0\.)/],
  ['eval', /\beval\b/],
  [
    'GNU options of BSD tools',
    /\b(sed\s+-i|sed\s+-r|readlink\s+-f|base64\s+-w|sort\s+-V|date\s+-d|grep\s+-P|mktemp\s+--|ln\s+-T|mv\s+-T|xargs\s+-r)\b/,
  ],
  [
    'grep -q at the end of a pipe (it may close the pipe on the writer, which pipefail counts as a failure)',
    /\|\s*grep\s+-[a-zA-Z]*q/,
  ],
];

for (const script of SCRIPTS) {
  test(`${script} parses`, () => {
    const { status, stderr } = spawnSync('bash', ['-n', path.join(ROOT, script)], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

  test(`${script} uses only bash 3.2 and tools that macOS has`, () => {
    const code = codeOf(script);
    for (const [what, pattern] of UNWANTED) {
      const line = code.find((text) => pattern.test(text));
      assert.equal(line, undefined, `${what}: ${line}`);
    }
  });

  test(`${script} expands possibly empty arrays in the one way that works in bash 3.2 under set -u`, () => {
    const known = /\$\{(APPLY_FLAGS|PROBLEMS|files)\[@\]\}/; // never empty where they are expanded
    const bare = codeOf(script).filter((line) =>
      /"\$\{[A-Za-z_]+\[@\]\}"/.test(line.replaceAll(/\$\{\w+\[@\]\+"\$\{\w+\[@\]\}"\}/g, '')),
    );
    assert.deepEqual(
      bare.filter((line) => !known.test(line)),
      [],
    );
  });
}

test('deploy-all.sh is executable, strict, and sources every part', () => {
  accessSync(path.join(ROOT, 'deploy-all.sh'), constants.X_OK);
  const text = readFileSync(path.join(ROOT, 'deploy-all.sh'), 'utf8');
  assert.match(text, /^#!\/usr\/bin\/env bash\n/);
  assert.match(text, /^set -Eeuo pipefail$/m);
  const sourced = [...text.matchAll(/^source "\$ROOT\/(scripts\/deploy\/[a-z-]+\.sh)"$/gm)].map((match) => match[1]);
  assert.deepEqual(['deploy-all.sh', ...sourced].sort(), [...SCRIPTS].sort());
});

test('deploy-all.sh sleeps in one place only', () => {
  const sleeps = SCRIPTS.flatMap((script) => codeOf(script).filter((line) => /\bsleep\b/.test(line)));
  assert.deepEqual(
    sleeps.map((line) => line.trim()),
    ['sleep "$POLL_SECONDS"'],
  );
});

test('shellcheck finds nothing in deploy-all.sh, its parts, and the stub', async (t) => {
  const shellcheck = await needProgram(t, SHELLCHECK);
  if (shellcheck === undefined) return;
  const stub = 'tests/deploy/support/stub.sh';
  const { status, stdout } = spawnSync(shellcheck, ['--external-sources', '--check-sourced', 'deploy-all.sh', stub], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
});

test('the pattern list matches each construct that it forbids', () => {
  const samples = [
    'declare -A map',
    'local -n ref=x',
    'mapfile -t lines',
    'echo "${name,,}"',
    'a |& b',
    'eval "$x"',
    'sed -i s/a/b/ f',
    'cat x | grep -q y',
    'wait -n',
    'echo "${a[-1]}"',
    '[[ -v name ]]',
    'printf "%(%s)T"',
    'declare -g X=1',
    'exec {fd}>file',
  ];
  for (const sample of samples) {
    assert.ok(
      UNWANTED.some(([, pattern]) => pattern.test(sample)),
      `no pattern matches: ${sample}`,
    );
  }
});

/** The lines of a script without comments. */
function codeOf(script: string): readonly string[] {
  return readFileSync(path.join(ROOT, script), 'utf8')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, ''))
    .filter((line) => line.trim() !== '');
}
