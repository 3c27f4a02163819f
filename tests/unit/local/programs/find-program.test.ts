import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, describe, it } from 'node:test';
import type { RunCommand } from '../../../../command-line/run-command';
import { findProgram, libraryVersion } from '../../../../local/programs/find-program';
import { PROGRAMS, programNamed, sourceOf } from '../../../../local/programs/programs';

const ROOT = path.join(__dirname, '../../../..');
const work = mkdtempSync(path.join(tmpdir(), 'programs-'));
after(() => rmSync(work, { recursive: true, force: true }));

const GO = programNamed('client', 'grpc-go');

/** A copy of what a build reads, and a machine whose `go` writes a file; `without` is a command that is not installed. */
function machine(name: string, without = '') {
  const root = path.join(work, name);
  cpSync(path.join(ROOT, 'clients'), path.join(root, 'clients'), { recursive: true });
  cpSync(path.join(ROOT, 'proto/greeter.proto'), path.join(root, 'proto/greeter.proto'));
  const said: string[] = [];
  const ran: string[] = [];
  const added: Record<string, string> = {};
  const run: RunCommand = async (command, args, { env: more }) => {
    Object.assign(added, more);
    ran.push([command, ...args].join(' '));
    const done = { code: 0, stdout: '', stderr: '', failure: undefined };
    if (command === without) return { ...done, code: undefined, failure: `${command} is not installed` };
    const output = args[args.indexOf('-o') + 1];
    if (args[0] === 'build' && output !== undefined) writeFileSync(output, 'built');
    return done;
  };
  const env = { XDG_CACHE_HOME: path.join(root, 'cache') };
  return { place: { root, nodePath: 'node', env, run, say: (text: string) => void said.push(text) }, said, ran, added };
}

describe('findProgram()', () => {
  it('builds a program once, and says so', async () => {
    const { place, said, ran } = machine('once');
    const first = await findProgram(GO, place);
    assert.ok(first.ok);
    assert.equal(readFileSync(first.start.command, 'utf8'), 'built');
    assert.deepEqual(said, ['building client grpc-go, once']);
    const commands = ran.length;
    assert.deepEqual(await findProgram(GO, place), first);
    assert.deepEqual([ran.length, said.length], [commands, 1]);
    assert.deepEqual(readdirSync(path.dirname(first.folder)), [path.basename(first.folder)], 'nothing else is left');
  });

  it('installs what Python needs where pip may install into virtual environments only', async () => {
    const { place, ran, added } = machine('python');
    const found = await findProgram(programNamed('client', 'grpcio'), place);
    assert.ok(found.ok);
    assert.ok(ran.some((line) => line.startsWith('python3 -m pip install')));
    assert.equal(added.PIP_REQUIRE_VIRTUALENV, '0');
  });

  it('builds it again when its source or the contract has changed', async () => {
    const { place } = machine('again');
    const folderNow = async () => {
      const found = await findProgram(GO, place);
      assert.ok(found.ok);
      return found.folder;
    };
    const folders = [await folderNow()];
    for (const file of ['clients/grpc-go/advised.go', 'proto/greeter.proto']) {
      appendFileSync(path.join(place.root, file), '// more\n');
      folders.push(await folderNow());
    }
    assert.equal(new Set(folders).size, 3);
  });

  it('says what is not installed, and leaves nothing', async () => {
    const { place } = machine('without', 'go');
    assert.deepEqual(await findProgram(GO, place), { ok: false, reason: 'needs Go: go is not installed' });
    assert.deepEqual(readdirSync(path.join(place.root, 'cache/grpc-load-balancing/clients/grpc-go')), []);
  });

  it('says which step of a build failed', async () => {
    const { place } = machine('broken');
    const run: RunCommand = async (_, args) =>
      args[0] === 'build'
        ? { code: 1, stdout: '', stderr: 'main.go:3: no such thing\n', failure: undefined }
        : { code: 0, stdout: '', stderr: '', failure: undefined };
    const found = await findProgram(GO, { ...place, run });
    assert.deepEqual(found, { ok: false, reason: 'go build -o failed (exit code 1: main.go:3: no such thing)' });
  });
});

describe('PROGRAMS', () => {
  for (const program of PROGRAMS) {
    it(`${program.kind} ${program.name} has its source, and an exact version of its library`, () => {
      assert.ok(existsSync(path.join(ROOT, sourceOf(program))));
      assert.match(libraryVersion(program, ROOT), /^\d+\.\d+\.\d+$/);
    });
  }

  it('are of the same version of a library, clients and servers', () => {
    for (const name of ['grpc-go', 'grpcio']) {
      const [client, server] = (['client', 'server'] as const).map((kind) =>
        libraryVersion(programNamed(kind, name), ROOT),
      );
      assert.equal(client, server, name);
    }
  });

  it('pin every package of Python exactly', () => {
    for (const folder of ['clients/grpcio', 'servers/grpcio']) {
      const lines = readFileSync(path.join(ROOT, folder, 'requirements.txt'), 'utf8')
        .trim()
        .split('\n');
      for (const line of lines) assert.match(line, /^[\w-]+==\d+(\.\d+)+$/);
    }
  });

  it('name those that there are when another one is asked for', () =>
    assert.throws(() => programNamed('server', 'tonic'), /there is no server "tonic"; there are grpc-go, grpcio/));

  it('call the same contract in Go, clients and servers', () => {
    for (const file of ['greeter.pb.go', 'greeter_grpc.pb.go']) {
      const [client, server] = ['clients', 'servers'].map((folder) =>
        readFileSync(path.join(ROOT, folder, 'grpc-go/greeterpb', file), 'utf8'),
      );
      assert.equal(client, server, file);
    }
    const proto = readFileSync(path.join(ROOT, 'proto/greeter.proto'), 'utf8');
    const code = readFileSync(path.join(ROOT, 'clients/grpc-go/greeterpb/greeter.pb.go'), 'utf8');
    const fields = [...proto.matchAll(/^ {2}string (\w+) = (\d+);$/gm)].map(
      ([, name, number]) => `${number},opt,name=${name}`,
    );
    assert.equal(fields.length, 4);
    for (const field of fields) assert.ok(code.includes(`protobuf:"bytes,${field},proto3"`), field);
    assert.equal([...code.matchAll(/protobuf:"bytes/g)].length, fields.length);
  });
});
