// The tables of SECURITY.md are what the YAML says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { exposureText, listeningPorts, withExposure } from '../support/exposure';
import { ROOT } from '../support/read-manifests';

const SECURITY = readFileSync(path.join(__dirname, '../../SECURITY.md'), 'utf8');

describe('SECURITY.md', () => {
  it('has the ports and pairs that `npm run exposure` writes', () => {
    assert.equal(SECURITY, withExposure(SECURITY), `in ${ROOT}`);
  });

  it('names each port once, and Envoy’s admin port as one of its own pod only', () => {
    const ports = listeningPorts();
    assert.ok(ports.length >= 9);
    assert.equal(new Set(ports.map(({ box, port }) => `${box} ${port}`)).size, ports.length);
    assert.deepEqual(
      ports.filter(({ onLoopback }) => onLoopback).map(({ box, name }) => `${box} ${name}`),
      ['envoy admin'],
    );
  });

  it('counts the pairs that are closed', () => {
    const [, closed, pairs] = /The other (\d+) of (\d+) pairs are closed/.exec(exposureText()) ?? [];
    assert.ok(Number(closed) > Number(pairs) / 2);
  });

  it('is refused without the marks', () => {
    assert.throws(() => withExposure('# Security'), /exposure: expected/);
  });
});
