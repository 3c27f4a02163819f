// The two Dockerfiles as text: what a cluster relies on, and what lets the second build use the cache of the first.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what looks like a placeholder here is Docker's
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';
import { ROOT } from './support/stub-cluster';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

const SERVICES = [
  { service: 'server', deployment: 'grpc_server_k8s/deployment.yaml' },
  { service: 'client', deployment: 'grpc_client_k8s/deployment.yaml' },
] as const;

for (const { service, deployment } of SERVICES) {
  const instructions = read(`Dockerfile.${service}`);
  // The last stage stands on the one named "program", which the last but one has run once.
  const program = stage(instructions, '${NODE_IMAGE} AS program');
  const image = [...program, ...stage(instructions, 'program')];
  const container = parse(readFileSync(path.join(ROOT, deployment), 'utf8')).spec.template.spec;

  test(`Dockerfile.${service} starts node itself, as PID 1`, () => {
    assert.deepEqual(JSON.parse(only(image, 'CMD')), ['node', `bundle/${service}/main.js`]);
    assert.equal(all(image, 'ENTRYPOINT').length, 0, "the base image's entrypoint leaves node in place");
  });

  test(`Dockerfile.${service} runs as the user that the Deployment names, by number`, () => {
    const [user] = only(image, 'USER').split(':');
    assert.match(user ?? '', /^[1-9]\d*$/);
    assert.equal(Number(user), container.securityContext.runAsUser);
  });

  test(`Dockerfile.${service} opens the ports that the Deployment names`, () => {
    const ports = container.containers[0].ports.map(({ containerPort }: { containerPort: number }) => containerPort);
    assert.deepEqual(only(image, 'EXPOSE').split(' ').map(Number), ports);
  });

  test(`Dockerfile.${service} takes its base image from one argument, with a patch version as in .nvmrc`, () => {
    const nvmrc = readFileSync(path.join(ROOT, '.nvmrc'), 'utf8').trim();
    assert.match(nvmrc, /^24\.(18\.[1-9]\d*|19\.\d+|[2-9]\d\.\d+)$/, 'fixes of HTTP/2 came with 24.18.1');
    assert.equal(only(instructions.slice(0, 1), 'ARG'), `NODE_IMAGE=node:${nvmrc}-bookworm-slim`);
    const bases = all(instructions, 'FROM').map((value) => value.split(' ')[0]);
    assert.equal(bases[0], '${NODE_IMAGE}');
    assert.deepEqual(bases.slice(-3), ['${NODE_IMAGE}', 'program', 'program']);
    assert.deepEqual(
      bases.filter((base) => base?.includes(':')),
      [],
    );
  });

  test(`Dockerfile.${service} puts production packages, the program and its compiled code into the image, and nothing else`, () => {
    assert.deepEqual(all(image, 'COPY'), [
      '--from=production-packages /app/node_modules node_modules',
      '--from=build /app/dist/proto/greeter.proto dist/proto/greeter.proto',
      `--from=build /app/bundle/${service} bundle/${service}`,
      '--from=compiled --chown=1000:1000 /tmp/compiled compiled',
    ]);
    assert.equal(all(image, 'RUN').length, 0);
    assert.deepEqual(all(image, 'ENV'), ['NODE_ENV=production', 'NODE_COMPILE_CACHE=/app/compiled']);
    assert.match(only(image, 'LABEL'), new RegExp(`org\\.opencontainers\\.image\\.title="grpc-${service}"`));
  });

  test(`Dockerfile.${service} compiles by a run of the program as the pod runs it: same file, same user`, () => {
    const compiled = stage(instructions, 'program AS compiled');
    assert.deepEqual(
      compiled.map(({ name }) => name),
      ['FROM', 'RUN'],
    );
    assert.match(only(compiled, 'RUN'), /\bNODE_COMPILE_CACHE=\/tmp\/compiled\b/);
    assert.ok(only(compiled, 'RUN').includes(`require('/app/bundle/${service}/main.js')`));
    assert.equal(only(image, 'WORKDIR'), '/app');
    assert.deepEqual(all([...program, ...compiled], 'USER'), all(image, 'USER'));
  });

  test(`Dockerfile.${service} installs from the lockfile and runs no package's scripts`, () => {
    const installs = all(instructions, 'RUN').filter(
      (command) => command.startsWith('npm') && !command.startsWith('npm run'),
    );
    assert.deepEqual(installs.sort(), ['npm ci --ignore-scripts', 'npm ci --omit=dev --ignore-scripts']);
  });

  test(`Dockerfile.${service} copies only what .dockerignore lets through, and deploy-all.sh watches all of it`, () => {
    const allowed = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').split('\n');
    const watched = /find "Dockerfile\.\$1" ([^|]*?) -type f/s.exec(
      readFileSync(path.join(ROOT, 'scripts/deploy/images.sh'), 'utf8'),
    );
    const sources = all(instructions, 'COPY')
      .filter((value) => !value.startsWith('--from'))
      .flatMap((value) => value.split(' ').slice(0, -1));
    assert.ok(sources.length >= 8);
    for (const source of sources) {
      assert.ok(existsSync(path.join(ROOT, source)), `${source} does not exist`);
      assert.ok(allowed.includes(`!${source}`), `.dockerignore keeps ${source} out`);
      const words = (watched?.[1] ?? '').replace('"$1"', service).split(/[\s\\]+/);
      assert.ok(words.includes(source), `an edit of ${source} would not roll the pods`);
    }
  });
}

test('the Dockerfiles are equal down to the sources of their service', () => {
  const [server, client] = ['server', 'client'].map((service) => {
    const instructions = read(`Dockerfile.${service}`);
    return instructions.slice(
      0,
      instructions.findIndex(({ name, value }) => name === 'COPY' && value === `${service} ${service}`),
    );
  });
  assert.ok(server !== undefined && server.length > 8);
  assert.deepEqual(server, client);
});

/** From its FROM to the next. */
function stage(instructions: readonly Instruction[], from: string): readonly Instruction[] {
  const start = instructions.findIndex(({ name, value }) => name === 'FROM' && value === from);
  assert.notEqual(start, -1, `no stage FROM ${from}`);
  const rest = instructions.slice(start + 1);
  const end = rest.findIndex(({ name }) => name === 'FROM');
  return instructions.slice(start, end === -1 ? undefined : start + 1 + end);
}

function read(file: string): readonly Instruction[] {
  return readFileSync(path.join(ROOT, file), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ name: line.split(' ', 1)[0] ?? '', value: line.slice(line.indexOf(' ') + 1) }));
}

function all(instructions: readonly Instruction[], name: string): string[] {
  return instructions.filter((instruction) => instruction.name === name).map(({ value }) => value);
}

function only(instructions: readonly Instruction[], name: string): string {
  const values = all(instructions, name);
  assert.equal(values.length, 1, `expected one ${name}`);
  return values[0] ?? '';
}
