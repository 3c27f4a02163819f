// The YAML of this project that everything here is made from, as text, and the names in it that stand for the greeter.
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { YamlText } from '../yaml-text/yaml-text';

/** What the shipped YAML calls the service that stands behind Envoy, and its caller. */
export const SHIPPED = {
  name: 'grpc-server',
  namespace: 'grpc-server',
  folder: 'grpc_server_k8s',
  headless: 'grpc-server-headless',
  cluster: 'greeter',
  client: 'grpc-client',
  envoy: 'envoy',
  prometheus: 'prometheus',
  /** The metrics that the adapter's rules make: by what the pods count, of each Envoy, of all Envoys together. */
  ownMetric: 'grpc_requests_per_second',
  envoyMetric: 'envoy_cluster_upstream_per_second',
  serviceMetric: 'envoy_service_calls_per_second',
} as const;

const FOLDERS = [
  'envoy_proxy_k8s',
  'prometheus_k8s',
  'prometheus_k8s/helm',
  'grafana_k8s',
  SHIPPED.folder,
  `${SHIPPED.folder}/envoy-load`,
] as const;

export interface ShippedFiles {
  /** The files right in a folder, in the order in which kubectl takes them. */
  filesIn(folder: string): readonly string[];
  /** A copy to be changed. @throws Error when there is no such file */
  open(file: string): YamlText;
}

/** @param root the folder that holds the `*_k8s` folders @throws the error of the file system when one is missing */
export function readShippedFiles(root: string): ShippedFiles {
  const texts = new Map<string, string>();
  for (const folder of FOLDERS) {
    for (const name of readdirSync(path.join(root, folder)).sort()) {
      if (!name.endsWith('.yaml')) continue;
      texts.set(`${folder}/${name}`, readFileSync(path.join(root, folder, name), 'utf8'));
    }
  }
  return {
    filesIn: (folder) => [...texts.keys()].filter((file) => path.posix.dirname(file) === folder),
    open: (file) => {
      const text = texts.get(file);
      if (text === undefined) throw new Error(`expected a file ${file} in ${root}`);
      return new YamlText(file, text);
    },
  };
}
