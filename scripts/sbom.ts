// The bill of materials: what runs in the images of the project, and which images of others the YAML names. npm lists the
// packages (`npm sbom`); what changes with the day and the machine is left out, so that the same inputs give the same file.
// CycloneDX 1.5: https://cyclonedx.org/docs/1.5/json/
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { foldersIn, readFolder } from '../manifest-reader/manifest-files';

export interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly { readonly license?: { readonly id?: string; readonly name?: string } }[];
}

export interface Bill {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: string;
  readonly version: number;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** Made by the project, of the packages above: `grpc-server:dev`. */
const OWN_IMAGE = /^grpc-(server|client):/;

/**
 * @param listed what `npm sbom --sbom-format cyclonedx` prints of all packages
 * @param shipped those of them that the images have, as name@version
 */
export function billOf(listed: Bill, shipped: ReadonlySet<string>, images: readonly string[]): Bill {
  const { bomFormat, specVersion, version, metadata, dependencies } = listed;
  const own = metadata.component['bom-ref'];
  const components = listed.components.filter((each) => shipped.has(each['bom-ref']));
  const name = metadata.component.purl.replace(/^pkg:npm\/|@.*/g, '');
  return {
    bomFormat,
    specVersion,
    version,
    metadata: { component: { ...kept(metadata.component), name } },
    components: [...components.map(kept), ...images.map(imageComponent)],
    dependencies: dependencies
      .filter(({ ref }) => ref === own || shipped.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => shipped.has(each)) })),
  };
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
}

/**
 * What `npm ci --omit=dev` installs, as name@version. Asked of the lockfile, since `npm sbom --omit dev` leaves out what the
 * project itself needs for development and a package of the images needs too (findings/npm-sbom-omits-installed-package.sh).
 */
export function shippedPackages({ packages }: Lockfile): ReadonlySet<string> {
  const shipped = Object.entries(packages).filter(([place, { dev }]) => place !== '' && dev !== true);
  return new Set(shipped.map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`));
}

/** Without authors, addresses and descriptions, which say nothing about what is there. */
function kept({ 'bom-ref': ref, type, name, version, purl, hashes, licenses }: Component): Component {
  return { 'bom-ref': ref, type, name, version, purl, ...(hashes && { hashes }), ...(licenses && { licenses }) };
}

function imageComponent(image: string): Component {
  const [, name = image, version = ''] = /^(.*):([^:/]+)$/.exec(image) ?? [];
  const [host = '', ...rest] = name.split('/');
  // The first part is a registry where it could be a host's name.
  const purl = host.includes('.')
    ? `pkg:docker/${rest.join('/')}@${version}?repository_url=${host}`
    : `pkg:docker/${name}@${version}`;
  return { 'bom-ref': image, type: 'container', name, version, purl };
}

/** The images of others: those that the YAML names, and the base of our own, sorted. */
export function foreignImages(root: string): readonly string[] {
  const problems: string[] = [];
  const folders = foldersIn(root).filter((folder) => folder.endsWith('_k8s'));
  const objects = folders.flatMap((folder) => readFolder(root, folder, (problem) => problems.push(problem)));
  if (problems.length > 0) throw new Error(`the manifests cannot be read: ${problems.join('; ')}`);
  const named = objects.flatMap(({ value }) => imagesIn(value)).filter((image) => !OWN_IMAGE.test(image));
  return [...new Set([...named, baseImage(root, 'Dockerfile.server')])].sort();
}

/** What the images of `dockerfile` are made from. */
export function baseImage(root: string, dockerfile: string): string {
  const image = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(path.join(root, dockerfile), 'utf8'))?.[1];
  if (image === undefined) throw new Error(`${dockerfile}: expected ARG NODE_IMAGE=NAME:TAG`);
  return image;
}

/** Every value named `image`, however deep. */
function imagesIn(value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, below]) =>
    key === 'image' && typeof below === 'string' ? [below] : imagesIn(below),
  );
}
