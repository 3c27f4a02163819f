// The dashboards as Grafana gets them: the JSON inside grafana_k8s/dashboard-*.yaml, and the queries of their panels.
// What a query means is promql.ts's matter.
import * as path from 'node:path';
import type { ConfigMap } from './kubernetes-objects';
import { filesOf, readManifest } from './read-manifests';

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit: string;
      readonly min?: number;
      readonly max?: number;
      readonly thresholds?: { readonly steps: readonly { readonly color: string; readonly value: number | null }[] };
    };
  };
  readonly targets: readonly Target[];
}

export interface Variable {
  readonly name: string;
  readonly type: 'custom' | 'query' | 'textbox';
  readonly description: string;
  /** What a variable of type `query` asks Prometheus for; the values of the others. */
  readonly query: string | { readonly query: string };
  readonly current: { readonly text: string; readonly value: string };
  /** Which of the answers to leave in. */
  readonly regex?: string;
  readonly options?: readonly { readonly value: string; readonly selected: boolean }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly tags: readonly string[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

export interface DashboardFile {
  /** `grafana_k8s/dashboard-autoscaling.yaml` */
  readonly file: string;
  readonly configMap: string;
  /** The key in the ConfigMap, which is the name of the file that Grafana reads. */
  readonly key: string;
  readonly json: string;
}

export function dashboardFiles(): DashboardFile[] {
  const files = filesOf('grafana_k8s').filter((file) => /^dashboard-(?!provider)/.test(path.basename(file)));
  return files.flatMap((file) => {
    const { metadata, data } = readManifest(file).object as ConfigMap;
    return Object.entries(data).map(([key, json]) => ({ file, configMap: metadata.name, key, json }));
  });
}

export function readDashboards(): Dashboard[] {
  return dashboardFiles().map(({ json }) => JSON.parse(json) as Dashboard);
}

/** One query of a panel, and where it is. */
export interface PanelQuery {
  /** `Autoscaling / Server: replicas / A` */
  readonly where: string;
  /** As Prometheus gets it. @throws when it uses an undefined variable. */
  promql(): string;
}

export function panelQueries(dashboard: Dashboard): PanelQuery[] {
  return dashboard.panels.flatMap((panel) =>
    panel.targets.map(({ refId, expr }) => ({
      where: `${dashboard.title} / ${panel.title} / ${refId}`,
      promql: () => substituteVariables(expr, dashboard),
    })),
  );
}

/** What Grafana computes for a dashboard of a quarter of an hour; any span of some scrapes does for a test. */
const RATE_INTERVAL = '1m';

/** Grafana puts all values that the variable has; for a test every value there may be is the same. */
const ALL = '$__all';

/** `expr` with each variable replaced by its preset. @throws when it uses a variable that nobody defines */
export function substituteVariables(expr: string, dashboard: Dashboard): string {
  return expr.replace(
    /\$(?:\{(\w+)(?::(raw|text))?\}|(\w+))/g,
    (_, inBraces?: string, form?: string, bare?: string) => {
      const name = inBraces ?? bare;
      if (name === '__rate_interval') return RATE_INTERVAL;
      const variable = dashboard.templating.list.find((candidate) => candidate.name === name);
      if (variable === undefined) throw new Error(`${dashboard.title}: "${expr}" uses $${name}, which is not defined`);
      if (form === 'text') return variable.current.text;
      return variable.current.value === ALL ? '.*' : variable.current.value;
    },
  );
}
