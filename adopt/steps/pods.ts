// The steps at the user's own pods: health, the patch of the Deployment, the autoscaler.
import { deploymentPatch } from '../objects/deployment-patch';
import { saysReplicas } from '../objects/patched-deployment';
import type { ShippedFiles } from '../objects/shipped-files';
import { folderOf, headlessName, metricName } from '../service/names';
import type { Service } from '../service/service';

type Step = readonly [title: string, ...lines: readonly string[]];

export function healthStep(services: readonly Service[]): Step {
  return ['Health first', ...services.flatMap(healthOf)];
}

function healthOf({ name, namespace, port, health, drainSeconds }: Service): readonly string[] {
  if (health.kind === 'tcp') {
    return [
      `\`${name}\` has no grpc.health.v1. Envoy then only sees whether a pod's port takes connections. What that loses:`,
      '',
      '- A pod that hangs, starts slowly or has lost its database still gets its share of calls. Envoy notices only calls that fail on',
      '  the way: two in a row put a pod out for some seconds.',
      '- A pod cannot say that it is about to leave. It leaves DNS when it is deleted, and has to serve on until every Envoy has looked',
      '  at DNS; `preStop` in the patch does that, and the pod takes that much longer to end.',
      '- A pod is ready as soon as its port is open.',
      '',
      'Adding the health service is a few lines in each language (`grpcio-health-checking`, `google.golang.org/grpc/health`,',
      '`grpc-services` in Java). Then run adopt again with `--health overall`, before or after the move.',
      '',
    ];
  }
  const body = health.service === '' ? '' : ` -d '{"service":"${health.service}"}'`;
  return [
    `Envoy sends calls only to pods of \`${name}\` that say SERVING. See that they do, before anything depends on it:`,
    '',
    '```sh',
    `kubectl -n ${namespace} port-forward deployment/${name} ${port} & sleep 3`,
    `grpcurl -plaintext${body} localhost:${port} grpc.health.v1.Health/Check; kill %1`,
    '```',
    '',
    drainSeconds === undefined
      ? 'Better still: on SIGTERM say NOT_SERVING, serve on for ten seconds, then close. Then `adopt --drains TIME` needs no `preStop`, and a pod ends sooner.'
      : 'On SIGTERM it says NOT_SERVING and serves on, so Envoy sends nothing more before the port closes.',
    '',
  ];
}

export function podStep(services: readonly Service[], shipped: ShippedFiles): Step {
  return [
    'The Deployment: probes, a quiet end, and no `replicas`',
    'From here on the autoscaler of step 6 owns the number of pods. **Do not just delete the line `replicas` and apply**: `kubectl',
    'apply` compares with what was applied last, sees that the field was taken away, takes it away in the cluster too, and a',
    'Deployment without it has **one** pod. First the memory of the last apply has to lose the field; then the file without it',
    'changes no number. A `replicas: null` in a patch would do the same harm, so the patch has none.',
    '',
    ...services.flatMap((service) => patchOf(service, services, shipped)),
    '- Deployed by Helm: it compares with its last release in the same way. Keep the field at the present number until the',
    '  autoscaler is there, then make the template leave it out: the number falls to one and the autoscaler sets its least again',
    '  within 15 s, so do that in a quiet hour, or keep the field and change it with each release. Argo CD and Flux: let them',
    '  ignore `spec.replicas` first.',
    '- Applied with `--server-side`: the autoscaler takes the field over when it first sets it; take it out of your file after that.',
    '- The pods roll once, one more at a time, with the callers where they were.',
  ];
}

function patchOf(service: Service, services: readonly Service[], shipped: ShippedFiles): readonly string[] {
  const { name, namespace, deployment } = service;
  const folder = folderOf(service, services);
  const { reasons } = deploymentPatch(shipped, service);
  const changes = reasons.length === 0 ? ['- nothing but `replicas`'] : reasons.map((reason) => `- ${reason}`);
  const count = `kubectl -n ${namespace} get deployment ${name} -o jsonpath='{.spec.replicas}{"\\n"}'`;
  return [
    `What changes in \`${name}\` (\`${folder}/patch/deployment.patch\`):`,
    '',
    ...changes,
    '',
    '```sh',
    `${count} # remember it`,
    ...(deployment === undefined ? unseen(service, folder, reasons.length > 0) : given(deployment, folder)),
    `kubectl -n ${namespace} rollout status deployment/${name} --timeout=600s`,
    `${count} # the same number`,
    '```',
    '',
    ...(deployment === undefined
      ? [
          'Make the same changes in the file that you deploy from, and take `replicas` out of it: its next apply would undo them.',
        ]
      : [
          `Keep \`${folder}/patch/deployment.yaml\` in place of your file, or take \`deployment.patch\` into your kustomization and`,
          '`replicas` out of your file: the next apply of the old one would undo all of it.',
        ]),
    '',
  ];
}

function given(deployment: string, folder: string): readonly string[] {
  const forget = `kubectl apply set-last-applied --create-annotation -f ${folder}/patch/deployment.last-applied # forgets replicas`;
  return [
    ...(saysReplicas(deployment) ? [forget] : []),
    `kubectl diff -f ${folder}/patch/deployment.yaml # must not show replicas`,
    `kubectl apply -f ${folder}/patch/deployment.yaml`,
  ];
}

function unseen({ name, namespace }: Service, folder: string, hasChanges: boolean): readonly string[] {
  return [
    `kubectl -n ${namespace} apply edit-last-applied deployment/${name} # delete the line replicas, save`,
    ...(hasChanges
      ? [`kubectl -n ${namespace} patch deployment ${name} --patch-file ${folder}/patch/deployment.patch`]
      : []),
  ];
}

export function autoscalerStep(services: readonly Service[]): Step {
  return [
    'The autoscaler, once calls are counted',
    'It reads calls per second, and without calls there is nothing to read. Ask first:',
    '',
    '```sh',
    ...services.map((service) => `kubectl get --raw '${metricPath(service)}'`),
    '```',
    '',
    'When a number comes back:',
    '',
    '```sh',
    ...services.flatMap((service) => {
      const { name, namespace, hasBudget, scaling } = service;
      const folder = folderOf(service, services);
      const budget = hasBudget ? '' : ` -f ${folder}/poddisruptionbudget.yaml`;
      return [
        `kubectl apply -f ${folder}/hpa.yaml${budget}`,
        `kubectl -n ${namespace} get hpa ${scaling.name} --watch   # ${name}: TARGETS must become a number`,
      ];
    }),
    '```',
    '',
    ...services.map(
      ({ name, scaling }) =>
        `- \`${name}\`: ${scaling.minReplicas} to ${scaling.maxReplicas} pods at ${scaling.callsPerPod} calls/s each. Its first decision takes no pod away as long as the least is the number that ran before.`,
    ),
    '- Two autoscalers for one Deployment fight: remove an older one of another name. The same holds for a second PodDisruptionBudget,',
    '  which blocks every eviction.',
  ];
}

function metricPath(service: Service): string {
  const base = `/apis/custom.metrics.k8s.io/v1beta1/namespaces/${service.namespace}`;
  return service.scaling.counter === undefined
    ? `${base}/services/${headlessName(service)}/${metricName(service)}`
    : `${base}/pods/*/${metricName(service)}`;
}
