// docs/sbom.cdx.json has what the lockfile and the YAML have, no more and no less, and licences that may be passed on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { type Bill, billOf, type Component, foreignImages, shippedPackages } from '../../../scripts/sbom';

const ROOT = path.join(__dirname, '../../..');
const bill = JSON.parse(readFileSync(path.join(ROOT, 'docs/sbom.cdx.json'), 'utf8')) as Bill;
const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { version: string; integrity?: string; dev?: boolean; license?: string }>;
};
/** None of them asks more of who passes the images on than to keep its text. */
const LICENCES = ['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT'];

const packages = bill.components.filter(({ type }) => type === 'library');
const inImages = Object.entries(lock.packages).filter(([place, { dev }]) => place !== '' && dev !== true);
const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('the bill of materials', () => {
  it('has each package of the images, with the version and the hash of the lockfile', () => {
    const locked = inImages.map(([place, { version, integrity = '' }]) => {
      const hash = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
      return `${nameOf(place)}@${version} ${hash}`;
    });
    const listed = packages.map(({ name, version, hashes }) => `${name}@${version} ${hashes?.[0]?.content ?? ''}`);
    assert.ok(locked.length > 20);
    assert.deepEqual(listed.sort(), [...new Set(locked)].sort());
  });

  it('has each image that the YAML and the Dockerfiles name', () => {
    const images = bill.components.filter(({ type }) => type === 'container').map((each) => each['bom-ref']);
    assert.deepEqual(images, foreignImages(ROOT));
    assert.ok(
      images.some((image) => image.startsWith('envoyproxy/envoy:')) && images.some((each) => /^node:/.test(each)),
    );
  });

  it('has a licence for each package, which may be passed on', () => {
    const odd = packages.filter(({ licenses = [] }) => {
      const ids = licenses.map(({ license }) => license?.id ?? '');
      return ids.length === 0 || !ids.every((id) => LICENCES.includes(id));
    });
    assert.deepEqual(
      odd.map(({ name }) => name),
      [],
    );
  });

  it('says what depends on what, and nothing that changes from day to day', () => {
    const known = new Set([...packages, bill.metadata.component].map((each) => each['bom-ref']));
    for (const { ref, dependsOn = [] } of bill.dependencies) {
      for (const each of [ref, ...dependsOn]) assert.ok(known.has(each), each);
    }
    for (const word of ['timestamp', 'serialNumber', 'author', 'tools'])
      assert.ok(!JSON.stringify(bill).includes(`"${word}"`));
  });
});

it('billOf() names a registry apart from the image', () => {
  const component: Component = { 'bom-ref': 'a@1', type: 'library', name: 'main', version: '1', purl: 'pkg:npm/a@1' };
  const listed: Bill = {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components: [], dependencies: [] },
    metadata: { component },
  };
  const { components, metadata } = billOf(listed, new Set(), ['envoyproxy/envoy:v1', 'example.org/team/tool:v2']);
  assert.equal(metadata.component.name, 'a');
  assert.deepEqual(
    components.map(({ purl }) => purl),
    ['pkg:docker/envoyproxy/envoy@v1', 'pkg:docker/team/tool@v2?repository_url=example.org'],
  );
});

it('billOf() has what the images have, with the arrows between', () => {
  const component = (ref: string): Component => ({
    ...{ 'bom-ref': ref, type: 'library', name: ref, version: '1', purl: `pkg:npm/${ref}` },
  });
  const listed: Bill = {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component: component('own@1') } },
    components: ['a@1', 'types@1', 'tool@1'].map(component),
    dependencies: [
      { ref: 'own@1', dependsOn: ['a@1', 'tool@1', 'types@1'] },
      { ref: 'a@1', dependsOn: ['types@1'] },
      { ref: 'tool@1' },
    ],
  };
  const packages = {
    '': {},
    'node_modules/a': { version: '1' },
    'node_modules/a/node_modules/types': { version: '1' },
    'node_modules/tool': { version: '1', dev: true },
  };
  const { components, dependencies } = billOf(listed, shippedPackages({ packages }), []);
  assert.deepEqual(
    components.map(({ name }) => name),
    ['a@1', 'types@1'],
  );
  assert.deepEqual(dependencies, [
    { ref: 'own@1', dependsOn: ['a@1', 'types@1'] },
    { ref: 'a@1', dependsOn: ['types@1'] },
  ]);
});
