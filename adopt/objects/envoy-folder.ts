// envoy_proxy_k8s/ for the user's services: all of the shipped folder, with routes and clusters for theirs.
import { envoyConfiguration } from '../envoy/configuration';
import { callsPerEnvoy, cpuRequest } from '../service/envoy-load';
import { quantity } from '../service/names';
import type { Service } from '../service/service';
import type { YamlText } from '../yaml-text/yaml-text';
import { openEnvoy } from './network-policies';
import { SHIPPED, type ShippedFiles } from './shipped-files';

const FOLDER = 'envoy_proxy_k8s';
const CONFIG = ['data', 'envoy.yaml'] as const;
const CPU_REQUEST = ['spec', 'template', 'spec', 'containers', 0, 'resources', 'requests', 'cpu'] as const;
export const TARGET = ['spec', 'metrics', 0, 'pods', 'target', 'averageValue'] as const;

export function envoyFolder(shipped: ShippedFiles, services: readonly Service[]): readonly YamlText[] {
  return shipped.filesIn(FOLDER).map((file) => {
    const text = shipped.open(file);
    const edit = EDITS[file.slice(FOLDER.length + 1)];
    edit?.(text, services);
    return text;
  });
}

type Edit = (text: YamlText, services: readonly Service[]) => void;

const EDITS: Readonly<Record<string, Edit>> = {
  'configmap.yaml': (text, services) => {
    text.setBlock(CONFIG, envoyConfiguration(String(text.value(CONFIG)), SHIPPED.cluster, services));
  },
  'hpa.yaml': (text, services) => {
    text.change(
      TARGET,
      quantity(callsPerEnvoy(services)),
      'calls per second that one Envoy passes on; it can take more than a server pod',
    );
  },
  'deployment.yaml': (text, services) => {
    const shipped = Number(/^(\d+)m$/.exec(String(text.value(CPU_REQUEST)))?.[1]);
    text.set(CPU_REQUEST, `${cpuRequest(services, shipped)}m`);
  },
  'networkpolicy.yaml': openEnvoy,
  'networkpolicy-linkerd.yaml': openEnvoy,
};
