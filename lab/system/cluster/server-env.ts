// The environment of the server pods: what was deployed, the fault endpoint, and what an experiment asks for.
import { FAULT_PORT } from '../../../runtime/server-fault';
import { ANNOTATION_PREFIX, type Part } from './changes';
import { type Container, type DeploymentObject, deploymentPath, type EnvVar } from './objects';

/** On the pod's own address: the API server comes from outside the pod. */
const FAULT_ENDPOINT: readonly EnvVar[] = [
  { name: 'FAULT_PORT', value: String(FAULT_PORT) },
  { name: 'FAULT_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
];

/** The variables of the server's container. */
export const SERVER_ENV: Part<DeploymentObject, readonly EnvVar[]> = {
  what: 'environment of grpc-server',
  path: deploymentPath('grpc-server', 'grpc-server'),
  annotation: `${ANNOTATION_PREFIX}env`,
  kind: 'strategic',
  read: (object) => serverContainer(object).env ?? [],
  // Without the directive the API server would merge by name, and what was added could never go.
  write: (env, object) => {
    const containers = [{ name: serverContainer(object).name, env: [{ $patch: 'replace' }, ...env] }];
    return { spec: { template: { spec: { containers } } } };
  },
};

/** `deployed` with the fault endpoint and `changes`. */
export function labEnv(deployed: readonly EnvVar[], changes: Readonly<Record<string, string>>): readonly EnvVar[] {
  return mergeEnv(mergeEnv(deployed, FAULT_ENDPOINT), toEnvVars(changes));
}

export function toEnvVars(env: Readonly<Record<string, string>>): readonly EnvVar[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

/** `added` replaces what has the same name, and else comes last. */
export function mergeEnv(env: readonly EnvVar[], added: readonly EnvVar[]): readonly EnvVar[] {
  const names = new Map([...env, ...added].map((variable) => [variable.name, variable]));
  return [...names.values()];
}

function serverContainer({ spec }: DeploymentObject): Container {
  const found = spec.template.spec.containers.find(({ name }) => name === 'grpc-server');
  if (found === undefined) throw new Error('Deployment grpc-server: expected a container grpc-server, got none');
  return found;
}
