// The folder of one service: what Envoy, Prometheus and the autoscaler need beside the user's own Deployment, in the user's
// namespace. Nothing in it replaces an object that the user has. What closes the pods to direct calls lies in last/.

import { headlessName, metricName, quantity } from '../service/names';
import type { Service } from '../service/service';
import type { YamlPath, YamlText } from '../yaml-text/yaml-text';
import { openService } from './network-policies';
import { SHIPPED, type ShippedFiles } from './shipped-files';

/** A changed copy of a shipped file, and where it belongs in the folder of the service. */
export interface ServiceFile {
  readonly file: string;
  readonly text: YamlText;
}

export function serviceFolder(shipped: ShippedFiles, service: Service): readonly ServiceFile[] {
  const open = (name: string) => shipped.open(`${SHIPPED.folder}/${name}`);
  const files: ServiceFile[] = [
    { file: 'service-headless.yaml', text: headless(open('service-headless.yaml'), service) },
    { file: 'hpa.yaml', text: autoscaler(open, service) },
  ];
  if (!service.hasBudget) {
    const budget = named(open('poddisruptionbudget.yaml'), service, service.name);
    budget.setEntries(['spec', 'selector', 'matchLabels'], service.selector);
    files.push({ file: 'poddisruptionbudget.yaml', text: budget });
  }
  // Who scrapes the pods, or scales by what they count, has to find them.
  if (service.metrics !== undefined) {
    const role = `${service.name}-pod-reader`;
    const binding = named(open('rolebinding.yaml'), service, role);
    binding.set(['roleRef', 'name'], role);
    files.push({ file: 'role.yaml', text: named(open('role.yaml'), service, role) });
    files.push({ file: 'rolebinding.yaml', text: binding });
  }
  for (const [name, object] of [
    ['networkpolicy.yaml', service.name],
    ['networkpolicy-linkerd.yaml', `${service.name}-linkerd`],
  ] as const) {
    const policy = named(open(name), service, object);
    openService(policy, service);
    files.push({ file: `last/${name}`, text: policy });
  }
  return files;
}

function named(text: YamlText, { name, namespace }: Service, objectName: string): YamlText {
  text.set(['metadata', 'name'], objectName);
  text.set(['metadata', 'namespace'], namespace);
  text.set(['metadata', 'labels', 'app.kubernetes.io/name'], name);
  return text;
}

function headless(text: YamlText, service: Service): YamlText {
  named(text, service, headlessName(service));
  text.setEntries(['spec', 'selector'], service.selector);
  const port = ['spec', 'ports', 0] as const;
  text.set([...port, 'port'], service.port);
  text.set([...port, 'targetPort'], service.portName ?? service.port);
  if (service.drainSeconds === undefined) {
    const published = ['spec', 'publishNotReadyAddresses'] as const;
    text.setSource(published, 'false');
    text.setCommentAbove(published, ONLY_READY);
    text.setCommentAbove(
      ['apiVersion'],
      [
        `One A record per ready pod of ${service.name} (edge E3): Envoy's strict DNS cluster asks for this name every`,
        'second.',
      ],
    );
  }
  return text;
}

const ONLY_READY = [
  'The server does not say NOT_SERVING before it goes, so nothing but DNS tells Envoy in time: a pod that is told to',
  'end leaves this name at once, and serves on for as long as its preStop waits. The price: if the probes of all pods',
  'fail at once, the name is gone and every call fails. A server that drains can have true here (adopt --drains).',
];

/** By what the pods count themselves, or by what the Envoys pass on to them: for both there is a shipped one. */
function autoscaler(open: (name: string) => YamlText, service: Service): YamlText {
  const { scaling } = service;
  const isByEnvoy = scaling.counter === undefined;
  const text = open(isByEnvoy ? 'envoy-load/hpa.yaml' : 'hpa.yaml');
  const metric: YamlPath = ['spec', 'metrics', 0, isByEnvoy ? 'object' : 'pods'];
  named(text, service, scaling.name);
  text.set(['spec', 'scaleTargetRef', 'name'], service.name);
  text.change(['spec', 'minReplicas'], scaling.minReplicas, 'as many as before at least, or --replicas');
  text.change(['spec', 'maxReplicas'], scaling.maxReplicas, 'what the nodes have room for is yours to say: --replicas');
  const target: YamlPath = [...metric, 'target', 'averageValue'];
  text.change(target, quantity(scaling.callsPerPod), 'calls per second that one server pod is for');
  text.set([...metric, 'metric', 'name'], metricName(service));
  if (isByEnvoy) {
    text.set([...metric, 'describedObject', 'name'], headlessName(service));
    text.setCommentAbove(['apiVersion'], BY_ENVOY);
    text.setCommentBeside(['spec', 'scaleTargetRef', 'name'], 'E8: deployment.yaml beside this file');
  }
  return text;
}

/** As above the other one, whose place it has here. */
const BY_ENVOY = [
  `Decides how many ${SHIPPED.name} pods there are: reads ${SHIPPED.serviceMetric} (edge E7),`,
  'which is what the Envoys count, and sets the replicas of deployment.yaml (edge E8).',
];
