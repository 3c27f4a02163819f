// The patch of the user's Deployment as a file for `kubectl patch --patch-file` and for kustomize.
import { stringify } from 'yaml';
import type { Service } from '../service/service';
import type { DeploymentPatch } from './deployment-patch';

export function patchText({ name, namespace, container }: Service, { spec, reasons }: DeploymentPatch): string {
  const heading = [
    `# A strategic merge patch of the Deployment ${name}, container ${container}; NEXT-STEPS.md says when to apply it.`,
    '# It has no `replicas`: null here would set one pod. Taking the field away is a step of its own.',
  ];
  if (Object.keys(spec).length === 0) return `${[...heading, '# Nothing has to change.'].join('\n')}\n{}\n`;
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec };
  const why = ['# What changes, and why:', ...reasons.map((reason) => `# - ${reason}`)];
  return `${[...heading, ...why].join('\n')}\n${stringify(object, { indentSeq: false, lineWidth: 0 })}`;
}
