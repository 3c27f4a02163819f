// An Envoy pod as a process: the shipped command line, configuration and preStop hook, moved to a loopback address.
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { platform, userInfo } from 'node:os';
import * as path from 'node:path';
import type { Manifests } from '../../manifest-reader/manifests';
import type { Variables } from '../../manifest-reader/pod-manifest';
import { StartError } from '../../runtime/errors';
import type { EnvoySource } from '../envoy/envoy-binary';
import { adminPort, type EnvoyChange, overlayEnvoyConfig } from '../envoy/envoy-config';
import { loopbackChanges } from '../envoy/envoy-overlay';
import { assertFree } from './addresses';
import type { PodBlueprint } from './pod';
import { podEnv } from './pod-env';
import { describeExit, type ProcessSpec, startProcess } from './process';
import type { Reaper } from './reaper';

/** What differs from the manifests besides envoy.yaml; docs/local-stack.md has the same lines. */
export const ENVOY_COMMAND_CHANGES = [
  'files of the ConfigMap lie in a temporary folder instead of /etc/envoy',
  'the preStop hook finds the admin endpoint at the Envoy’s loopback address (ENVOY_ADMIN_HOST, PRE_STOP_LOG)',
] as const;

export interface EnvoyPodOptions {
  readonly manifests: Manifests;
  readonly envoy: EnvoySource;
  readonly dns: { readonly host: string; readonly port: number };
  /** Where pods' files go; one folder per pod. */
  readonly directory: string;
  readonly machineEnv: Variables;
  /** More changes to envoy.yaml: a policy, or what an experiment wants to break. Read for each new pod. */
  readonly changes: readonly EnvoyChange[];
  /** More variables for the preStop hook, for experiments that cannot wait. */
  readonly env: Variables;
  readonly reaper: Reaper;
}

const CONFIG_FILE = 'envoy.yaml';

export function envoyBlueprint(options: EnvoyPodOptions): PodBlueprint {
  const { manifests, envoy, directory, machineEnv, env, reaper } = options;
  const manifest = manifests.envoy;
  const folderOf = (name: string) => path.join(directory, name);
  /** A word of a command line, with the folders of the container replaced by those of pod `name`. */
  const relocate = (name: string, word: string) =>
    Object.keys(manifest.mounts).reduce(
      (text, mount) => (text.startsWith(`${mount}/`) ? path.join(folderOf(name), text.slice(mount.length)) : text),
      word,
    );
  return {
    manifest,
    prepare: async (name, address) => {
      const config = findConfig(manifests);
      const cluster = manifests.serverCluster.name;
      const loopback = loopbackChanges({ host: address, dns: options.dns, platform: platform(), cluster });
      const changes = [...loopback, ...options.changes];
      const files = { ...config.files, [CONFIG_FILE]: overlayEnvoyConfig(config.text, changes) };
      await assertFree([{ host: address, ports: [...Object.values(manifest.ports), adminPort(config.text)] }]);
      await mkdir(folderOf(name), { recursive: true });
      for (const [file, text] of Object.entries(files)) await writeFile(path.join(folderOf(name), file), text);
      const args = manifest.args.map((word) => relocate(name, word));
      if (!args.includes(path.join(folderOf(name), CONFIG_FILE))) {
        throw new StartError(`envoy_proxy_k8s: expected ${config.mount}/${CONFIG_FILE} among Envoy's arguments`);
      }
      return launch(envoy, { name, folder: folderOf(name), args, env: podEnv(manifest, name, address), machineEnv });
    },
    preStop: async (name, address) => {
      const [command, ...args] = manifest.preStop ?? [];
      if (command === undefined) return;
      const log = path.join(folderOf(name), 'pre-stop.log');
      await appendFile(log, '');
      const hook = await startProcess(
        {
          command,
          args: args.map((word) => relocate(name, word)),
          env: {
            ...machineEnv,
            ...podEnv(manifest, name, address),
            ENVOY_ADMIN_HOST: address,
            PRE_STOP_LOG: log,
            ...env,
          },
        },
        reaper,
      );
      const exit = await hook.exited;
      if (exit.code === 0) return;
      const words = [await readFile(log, 'utf8'), ...hook.tail()].join(' ').trim();
      throw new Error(`preStop: ${describeExit(exit)}: ${words}`);
    },
    cleanUp: (name) => rm(folderOf(name), { recursive: true, force: true }),
  };
}

interface Launch {
  readonly name: string;
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Variables;
  readonly machineEnv: Variables;
}

function launch(envoy: EnvoySource, { name, folder, args, env, machineEnv }: Launch): ProcessSpec {
  if (envoy.kind === 'binary') return { command: envoy.path, args, env: { ...machineEnv, ...env } };
  // The folder's own name makes the container's unique among all stacks.
  const container = `${path.basename(path.dirname(folder))}-${name}`;
  const { uid, gid } = userInfo();
  return {
    command: 'docker',
    args: [
      ...['run', '--rm', '--name', container, '--network', 'host', '--user', `${uid}:${gid}`],
      ...['--volume', `${folder}:${folder}:ro`, '--entrypoint', 'envoy'],
      ...Object.entries(env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
      ...[envoy.image, ...args],
    ],
    env: machineEnv,
    container,
  };
}

/** Envoy's configuration as shipped, the folder of the container that it is mounted in, and the files beside it. */
export function findConfig(manifests: Manifests): {
  mount: string;
  text: string;
  files: Readonly<Record<string, string>>;
} {
  for (const [mount, files] of Object.entries(manifests.envoy.mounts)) {
    const text = files[CONFIG_FILE];
    if (text !== undefined) return { mount, text, files };
  }
  throw new StartError(`envoy_proxy_k8s: expected a ConfigMap with ${CONFIG_FILE} among Envoy's mounts`);
}
