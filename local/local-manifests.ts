// The manifests that a local stack plays: the project's, a copy, or the reader's own. All that is wrong with them is found
// before anything starts.
import * as path from 'node:path';
import type { Machine } from '../command-line/machine';
import { targetEnv } from '../manifest-reader/call-target';
import { ManifestError } from '../manifest-reader/fields';
import { type Manifests, manifestsRoot, readManifests } from '../manifest-reader/manifests';
import { toError } from '../runtime/errors';
import { adminPort, type EnvoyChange, overlayEnvoyConfig } from './envoy/envoy-config';
import { askedPolicyChange, loopbackChanges } from './envoy/envoy-overlay';
import { ANY_SERVICE, CONNECTION_IS_HEALTH } from './envoy/own-service';
import type { LocalOptions } from './options';
import { findConfig } from './pods/envoy-pod';

/** Whether the manifests are the project's own, which know the greeter alone. */
export function isShipped({ manifests }: LocalOptions, env: NodeJS.ProcessEnv): boolean {
  return manifests === undefined && !env.MANIFESTS_ROOT;
}

/** What is changed of envoy.yaml beside what loopback needs. */
export function envoyChangesFor(
  options: LocalOptions,
  { serverCluster }: Manifests,
  env: NodeJS.ProcessEnv,
): readonly EnvoyChange[] {
  return [
    ...(options.policy === undefined ? [] : [askedPolicyChange(options.policy, serverCluster.name)]),
    ...(options.server !== undefined && isShipped(options, env) ? [ANY_SERVICE] : []),
  ];
}

/** @throws ManifestError with everything that is not as expected */
export function readLocalManifests(options: LocalOptions, { env, root, platform }: Machine): Manifests {
  const folder = options.manifests === undefined ? manifestsRoot(env, root) : path.resolve(options.manifests);
  const own = { server: options.server !== undefined, client: options.client !== undefined };
  const manifests = readManifests(folder, { own, ...(options.cluster && { cluster: options.cluster }) });
  const cluster = manifests.serverCluster.name;
  const changes = [
    ...loopbackChanges({ host: '127.0.0.1', dns: { host: '127.0.0.1', port: 53 }, platform, cluster }),
    ...envoyChangesFor(options, manifests, env),
    ...(own.server && isShipped(options, env) ? [CONNECTION_IS_HEALTH] : []),
  ];
  const file = manifests.serverCluster.at.split(': ')[0];
  const problems: string[] = [];
  const check = (work: () => void, prefix = `${file}: `) => {
    try {
      work();
    } catch (thrown) {
      problems.push(`${prefix}${toError(thrown).message}`);
    }
  };
  check(() => void findConfig(manifests), '');
  const text = manifests.serverCluster.text;
  check(() => void adminPort(text));
  if (options.ui) check(() => void targetEnv(manifests, 'server-service'), '--ui: ');
  for (const change of changes) check(() => void overlayEnvoyConfig(text, [change]));
  if (problems.length > 0) throw new ManifestError(problems);
  return manifests;
}
