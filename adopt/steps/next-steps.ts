// NEXT-STEPS.md: how a live service moves behind Envoy without losing a call or a pod, in order, with the commands for the
// services of this folder.
import type { ShippedFiles } from '../objects/shipped-files';
import type { Service } from '../service/service';
import { callerSteps, closingStep, undoing } from './callers';
import { envoyStep, monitoringStep } from './platform';
import { autoscalerStep, healthStep, podStep } from './pods';
import { methodsOf } from './summary';

export function nextSteps(services: readonly Service[], shipped: ShippedFiles): string {
  const names = services.map(({ name }) => `\`${name}\``).join(' and ');
  const steps = [
    healthStep(services),
    monitoringStep(services),
    envoyStep(services),
    podStep(services, shipped),
    callerSteps(services),
    autoscalerStep(services),
    closingStep(services),
  ];
  return `${[
    `# Next steps for ${names}`,
    '',
    'Type the commands in this folder. Calls go on in the old way until step 5, and each step can be undone by itself: see the end.',
    'Look once before: `kubectl config current-context`, and whether objects of these names are there already:',
    '',
    '```sh',
    ...services.map(({ namespace }) => `kubectl -n ${namespace} get deployment,service,hpa,pdb,networkpolicy`),
    'kubectl get namespace envoy prometheus grafana',
    'kubectl get apiservice v1beta1.custom.metrics.k8s.io',
    '```',
    '',
    'If the demonstration of this project is in the cluster, it has the same namespaces: `./deploy-all.sh --delete` first.',
    'If these are yours, from a run of adopt before this one, go on: every step can be typed again, changes only what is new, and may be',
    'left out for a service that has been through it.',
    '',
    '## What Envoy does with each method',
    '',
    '| method | what happens to a call that a pod loses |',
    '| --- | --- |',
    ...services.flatMap(methodRows),
    '',
    'A call is asked again only where it may be executed twice without harm. If a method is in the wrong row, run adopt again with',
    'another `--idempotent`.',
    ...services.flatMap(slowNote),
    '',
    ...steps.flatMap((lines, index) => [`## ${index + 1}. ${lines[0]}`, '', ...lines.slice(1), '']),
    ...undoing(services),
  ].join('\n')}\n`;
}

function methodRows(service: Service): readonly string[] {
  const rows = [
    [methodsOf(service, 'again'), 'Envoy asks another pod, also when a pod is silent for too long'],
    [methodsOf(service, 'once'), 'it fails, unless no pod has seen anything of it'],
    [methodsOf(service, 'stream'), 'it fails, unless no pod has seen anything of it; a stream stays on its pod'],
  ] as const;
  return rows.filter(([names]) => names !== '').map(([names, text]) => `| ${names} (${service.name}) | ${text} |`);
}

function slowNote(service: Service): readonly string[] {
  if (methodsOf(service, 'again') === '' || service.slowestSeconds !== undefined) return [];
  return [
    '',
    `Envoy asks a second pod for these methods of \`${service.name}\` after \`per_try_timeout\`, and puts a pod out that is later twice`,
    'in a row: it must be above their slowest honest answer. If it is not, run adopt again with `--slowest TIME`.',
  ];
}
