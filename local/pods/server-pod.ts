// A grpc-server pod as a process: the compiled server with the environment of its Deployment.
import * as path from 'node:path';
import type { Manifests } from '../../manifest-reader/manifests';
import type { Variables } from '../../manifest-reader/pod-manifest';
import { assertFree } from './addresses';
import type { ForeignProgram } from './foreign-client';
import type { PodBlueprint } from './pod';
import { podEnv } from './pod-env';

/** What differs from the manifests; docs/local-stack.md has the same lines. */
export const SERVER_CHANGES = [
  'servers bind their own loopback address instead of 0.0.0.0 (GRPC_HOST, METRICS_HOST)',
  'servers can be told to be slow or NOT_SERVING where there is a terminal or a page to do it (FAULT_PORT, FAULT_HOST)',
] as const;

export interface ServerPodOptions {
  readonly manifests: Manifests;
  /** The project's folder, with `dist/` built. */
  readonly root: string;
  /** The Node.js program to run. */
  readonly nodePath: string;
  readonly machineEnv: Variables;
  /** Replaces values of the manifest, for experiments; read for each new pod. */
  readonly env: Variables;
  /** What runs in place of this project's server, with the same environment; read for each new pod. */
  readonly program: ForeignProgram | undefined;
}

export function serverBlueprint(options: ServerPodOptions): PodBlueprint {
  const { manifests, root, nodePath, machineEnv } = options;
  const manifest = manifests.server;
  return {
    manifest,
    prepare: async (name, address) => {
      const variables: Variables = { ...podEnv(manifest, name, address), ...options.env };
      const ports = ['GRPC_PORT', 'METRICS_PORT', 'FAULT_PORT'].flatMap((port) =>
        variables[port] ? [Number(variables[port])] : [],
      );
      await assertFree([{ host: address, ports }]);
      const { program = { command: nodePath, args: [path.join(root, 'dist', 'server', 'main.js')], env: {} } } =
        options;
      return {
        command: program.command,
        args: program.args,
        env: {
          ...machineEnv,
          ...program.env,
          ...variables,
          GRPC_HOST: address,
          METRICS_HOST: address,
          ...(variables.FAULT_PORT && { FAULT_HOST: address }),
        },
      };
    },
  };
}
