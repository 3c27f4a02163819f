// Who may import whom: the one table of it, which ARCHITECTURE.md shows too. A row may use rows above it only, so no import
// runs up and none runs in a circle. Folders inside a folder belong to it, unless they have a row of their own.

export interface Row {
  /** A folder of source, or a single file of one. */
  readonly place: string;
  /** Other rows. */
  readonly imports: readonly string[];
  /** Packages of npm; `node` stands for all that Node.js brings. */
  readonly packages: readonly string[];
}

const row = (place: string, imports: string, packages = ''): Row => {
  const words = (text: string) => text.split(' ').filter((word) => word !== '');
  return { place, imports: words(imports), packages: words(packages) };
};

export const IMPORT_TABLE: readonly Row[] = [
  row('proto', '', '@grpc/grpc-js @grpc/proto-loader node'),
  row('runtime', '', '@grpc/grpc-js pino prom-client node'),
  row(
    'server',
    'proto runtime',
    '@grpc/grpc-js @grpc/proto-loader @grpc/reflection grpc-health-check prom-client protobufjs node',
  ),
  row('client', 'proto runtime', '@grpc/grpc-js prom-client node'),
  row('manifest-reader', '', 'yaml node'),
  row('prometheus-text', ''),
  row('command-line', '', 'node'),
  row('doctor', 'runtime manifest-reader prometheus-text command-line', 'node'),
  row('drawing', ''),
  row('local/dns', '', 'dns-packet node'),
  row('local/prometheus', 'manifest-reader command-line'),
  row('local/envoy', 'runtime manifest-reader prometheus-text command-line', 'node'),
  row('local/programs', 'command-line local/envoy', 'node'),
  row('local/pods', 'runtime client manifest-reader local/envoy', '@grpc/grpc-js grpc-health-check node'),
  row('local/screen', 'runtime client command-line local/pods'),
  row('local/page', 'runtime client drawing local/envoy local/pods', 'node'),
  row(
    'local',
    'runtime client manifest-reader command-line local/dns local/envoy local/pods local/screen ' + 'local/page',
    'node',
  ),
  row('adopt', 'manifest-reader prometheus-text command-line', '@grpc/grpc-js protobufjs yaml node'),
  row('lab/statistics', ''),
  row('lab/records', 'runtime client manifest-reader', 'node'),
  row('lab/figure.ts', 'lab/records'),
  row('lab/claims', 'runtime lab/statistics lab/records lab/figure.ts'),
  row('lab/system', 'runtime manifest-reader command-line local/envoy lab/statistics lab/records'),
  row('lab/system/prometheus', 'manifest-reader prometheus-text lab/records lab/system'),
  row(
    'lab/system/local',
    'runtime manifest-reader prometheus-text command-line local/prometheus local/envoy ' +
      'local/programs local/pods local lab/records lab/system lab/system/prometheus',
    'node',
  ),
  row(
    'lab/system/cluster',
    'runtime manifest-reader prometheus-text local/envoy local/pods lab/records lab/system ' + 'lab/system/prometheus',
    'node',
  ),
  row('lab/experiment.ts', 'lab/statistics lab/records lab/figure.ts lab/system'),
  row('lab/steps', 'manifest-reader lab/statistics lab/records lab/system lab/experiment.ts'),
  row('lab/experiments', 'runtime lab/statistics lab/records lab/claims lab/system lab/experiment.ts lab/steps'),
  row(
    'lab/report',
    'runtime client drawing lab/statistics lab/records lab/figure.ts lab/experiment.ts',
    'echarts node',
  ),
  row('lab/runner', 'runtime command-line lab/statistics lab/records lab/system lab/experiment.ts lab/report', 'node'),
  row('lab/command-line.ts', 'command-line lab/records lab/experiment.ts'),
  row(
    'lab/commands',
    'command-line lab/records lab/system lab/experiment.ts lab/report lab/runner ' + 'lab/command-line.ts',
    'node',
  ),
  row(
    'lab/main.ts',
    'runtime manifest-reader command-line lab/system/local lab/system/cluster lab/experiments ' +
      'lab/command-line.ts lab/commands',
    'node',
  ),
  row(
    'scripts',
    'runtime server client manifest-reader command-line doctor local/programs lab/statistics lab/records lab/figure.ts ' +
      'lab/claims lab/system lab/system/local lab/report',
    'esbuild node',
  ),
  row(
    'bench',
    'runtime manifest-reader command-line drawing local/dns local/envoy local/pods local ' +
      'lab/statistics lab/report',
    'node',
  ),
];

/** A package that one file alone uses; types of it may be named elsewhere. */
export const SOLE_USERS: Readonly<Record<string, string>> = {
  '@grpc/proto-loader': 'proto/load.ts',
  pino: 'runtime/log.ts',
  echarts: 'lab/report/chart.ts',
};

/** Rows that must give the same for the same records, always: they read no files, no clock and no dice. */
export const PURE = ['drawing', 'lab/statistics', 'lab/figure.ts', 'lab/claims', 'lab/report'];

/** The files of them that read and write. */
export const FILE_ACCESS = ['write-report.ts', 'read-documented-runs.ts', 'write-document.ts'].map(
  (name) => `lab/report/${name}`,
);

/** The table as Markdown. */
export function importTableText(): string {
  const code = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(' ') || '–';
  return [
    '| source | may import | packages |',
    '| --- | --- | --- |',
    ...IMPORT_TABLE.map(({ place, imports, packages }) => `| \`${place}\` | ${code(imports)} | ${code(packages)} |`),
    '',
  ].join('\n');
}
