// A copy of what deploy-all.sh reads, for the tests that edit it.
import { cpSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT, type StubCluster } from './stub-cluster';

const PARTS = [
  ...['deploy-all.sh', 'scripts', 'proto', 'runtime', 'server', 'client', 'Dockerfile.server', 'Dockerfile.client'],
  ...['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'tsconfig.build.json'],
  ...['prometheus_k8s', 'grpc_server_k8s', 'envoy_proxy_k8s', 'grpc_client_k8s', 'grafana_k8s'],
];

export interface Copy {
  readonly folder: string;
  readonly script: string;
}

/** Goes with the cluster's folder. The name has spaces, as people's folders do. */
export function copyOfTree(cluster: StubCluster): Copy {
  const folder = path.join(cluster.temporaryFolder, '..', 'a copy with spaces');
  for (const part of PARTS) cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  return { folder, script: path.join(folder, 'deploy-all.sh') };
}
