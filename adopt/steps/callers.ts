// The steps of those who call, the step that closes the old way, and the way back.
import { folderOf, headlessName } from '../service/names';
import type { Service } from '../service/service';

type Step = readonly [title: string, ...lines: readonly string[]];

export function callerSteps(services: readonly Service[]): Step {
  return [
    'The callers, one after the other',
    'Both ways serve at the same time, so each caller changes its address in a roll of its own, and nothing else waits for it.',
    '',
    '| the caller | calls | with |',
    '| --- | --- | --- |',
    '| without a mesh | `dns:///envoy-headless.envoy.svc.cluster.local:8443` | `round_robin`: one connection per Envoy, calls in turn |',
    '| in Linkerd | `envoy.envoy.svc.cluster.local:8443` | its proxy spreads the calls over the Envoys; `pick_first` |',
    '',
    'Without TLS in both cases, HTTP/2 from the first byte. `pick_first`, the default of the libraries, to the headless name keeps one',
    'Envoy: it works, and is not even. `round_robin` is one line:',
    '',
    '| language | line |',
    '| --- | --- |',
    '| Go | `grpc.WithDefaultServiceConfig(\'{"loadBalancingConfig":[{"round_robin":{}}]}\')`, in Go quotes |',
    '| Python | `options=[("grpc.lb_policy_name", "round_robin")]` |',
    '| Java | `.defaultLoadBalancingPolicy("round_robin")` |',
    '| Node | `{"grpc.service_config": \'{"loadBalancingConfig":[{"round_robin":{}}]}\'}` |',
    '',
    '- Give every call a deadline: for methods that are asked once, Envoy sets none.',
    '- Envoy ends each connection in order after a minute at most, so that callers learn of new Envoys.',
    '- Health and reflection of the pods are not passed on: they answer UNIMPLEMENTED at Envoy.',
    '- An egress policy in the namespace of a caller has to let it reach namespace `envoy` on port 8443, and DNS.',
    '',
    'After each caller: `kubectl -n envoy logs deployment/envoy --since=5m` has a line per call that did not end OK, `details` says why.',
    'The old way is empty when a pod has no connection to its port but those of Envoy:',
    '',
    '```sh',
    ...services.flatMap(({ namespace, selector, port }) => {
      const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      return [
        `pod=$(kubectl -n ${namespace} get pods -l ${labels.join(',')} -o name | head -n 1)`,
        `kubectl -n ${namespace} debug -it "$pod" --image=busybox:1.37 --profile=restricted -- netstat -tn # port ${port}`,
      ];
    }),
    'kubectl -n envoy get pods -o wide   # the addresses of the Envoys',
    '```',
  ];
}

export function closingStep(services: readonly Service[]): Step {
  return [
    'Close the old way',
    'From now on only Envoy reaches the pods, where the network plugin enforces policies. A caller that was forgotten fails at once, so',
    'this is the last step, and can wait for days:',
    '',
    '```sh',
    ...services.map((service) => `kubectl apply -f ${folderOf(service, services)}/last/`),
    '```',
    '',
    'It names calls and scrapes only. Others that open connections to these pods (a mesh of another kind, another Prometheus) have to be',
    'added to it first. The kubelet’s probes need no rule.',
  ];
}

export function undoing(services: readonly Service[]): readonly string[] {
  return [
    '## Undo',
    '',
    'Backwards, and only as far as needed:',
    '',
    '| step | undone by |',
    '| --- | --- |',
    ...services.flatMap((service) => {
      const folder = folderOf(service, services);
      const { namespace, name, scaling } = service;
      return [
        `| 7 | \`kubectl delete -f ${folder}/last/\` |`,
        `| 6 | \`kubectl -n ${namespace} delete hpa ${scaling.name}\`: the pods stay as many as they are. Put that number into your file |`,
        '| 5 | the callers’ old address |',
        `| 4 | \`kubectl -n ${namespace} rollout undo deployment/${name}\`: probes and preStop; the way of rolling stays |`,
        `| 3 | when no caller is left: \`kubectl -n ${namespace} delete service ${headlessName(service)}\` |`,
      ];
    }),
    '| 3 | when no service is left: `kubectl delete namespace envoy` |',
    '| 2 | `kubectl delete apiservice v1beta1.custom.metrics.k8s.io`, then `kubectl delete --ignore-not-found -f prometheus_k8s/ -f grafana_k8s/` |',
  ];
}
