// grafana_k8s/ for the user's services: the shipped dashboards, with their names and numbers.
import { adaptDashboard } from '../dashboards/dashboard';
import type { Service } from '../service/service';
import type { YamlText } from '../yaml-text/yaml-text';
import { SHIPPED, type ShippedFiles } from './shipped-files';

const FOLDER = 'grafana_k8s';

export function grafanaFolder(shipped: ShippedFiles, services: readonly Service[]): readonly YamlText[] {
  const shippedMost = mostPods(shipped);
  const most = Math.max(...services.map(({ scaling }) => scaling.maxReplicas));
  return shipped.filesIn(FOLDER).map((file) => {
    const text = shipped.open(file);
    if (!file.startsWith(`${FOLDER}/dashboard-`)) return text;
    const keys = Object.keys(text.value(['data']) as object).filter((key) => key.endsWith('.json'));
    for (const key of keys) {
      const json = adaptDashboard(String(text.value(['data', key])), services);
      text.setBlock(['data', key], withAxes(json, shippedMost, most));
    }
    return text;
  });
}

function mostPods(shipped: ShippedFiles): number {
  return Number(shipped.open(`${SHIPPED.folder}/hpa.yaml`).value(['spec', 'maxReplicas']));
}

/** Axes of panels about the servers end at the most pods, or one above. */
function withAxes(json: string, from: number, to: number): string {
  let panel = '';
  return json
    .split('\n')
    .map((line) => {
      panel = /"title": "([^"]*)"/.exec(line)?.[1] ?? panel;
      if (!panel.startsWith('Server:')) return line;
      return line.replace(/"max": (\d+)/, (_, most) => `"max": ${Number(most) - from + to}`);
    })
    .join('\n');
}
