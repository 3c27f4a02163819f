// The environment of a process that stands for a pod: what its manifest says, and the pod's own facts as the kubelet
// would fill them in.
import { hostname } from 'node:os';
import type { PodManifest, Variables } from '../../manifest-reader/pod-manifest';
import { StartError } from '../../runtime/errors';

/** What a program needs of the machine; nothing else of the caller's environment may change what is measured. */
const FROM_MACHINE = ['PATH', 'HOME', 'TMPDIR', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG'];

export function machineEnv(env: NodeJS.ProcessEnv): Variables {
  return Object.fromEntries(FROM_MACHINE.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** What the reader's own programs get: all that the reader has, but for what only the TypeScript of this project needs. */
export function readersEnv(env: NodeJS.ProcessEnv): Variables {
  const { TS_NODE_PROJECT: _ours, ...theirs } = env;
  return Object.fromEntries(
    Object.entries(theirs).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** @throws StartError for a field that a process on loopback cannot have. */
export function podEnv(
  { env, podFields, deployment, namespace }: PodManifest,
  name: string,
  address: string,
): Variables {
  const facts: Variables = {
    'metadata.name': name,
    'metadata.namespace': namespace,
    'status.podIP': address,
    'status.hostIP': address,
    'spec.nodeName': hostname(),
  };
  const filled = Object.entries(podFields).map(([variable, field]) => {
    const value = facts[field];
    if (value === undefined) throw new StartError(`${deployment}: ${variable}: ${field} has no meaning on loopback`);
    return [variable, value] as const;
  });
  return { ...env, ...Object.fromEntries(filled) };
}
