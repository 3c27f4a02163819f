// The steps that bring what stands beside the user's service: Prometheus, its adapter, Grafana, and the Envoys.
import { folderOf, headlessName } from '../service/names';
import type { Service } from '../service/service';

type Step = readonly [title: string, ...lines: readonly string[]];

export function monitoringStep(services: readonly Service[]): Step {
  return [
    'Prometheus, its adapter and Grafana',
    'Nothing calls them yet, so nothing can break. The adapter speaks TLS; its certificate and the password of Grafana are made here',
    'and stand in no file. What is there already stays, so these lines can be typed again:',
    '',
    '```sh',
    'kubectl apply -f prometheus_k8s/00-namespace.yaml -f grafana_k8s/00-namespace.yaml -f envoy_proxy_k8s/00-namespace.yaml',
    'if ! kubectl -n prometheus get secret prometheus-adapter-tls; then',
    '  keys=$(mktemp -d) host=prometheus-adapter.prometheus.svc',
    '  openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=$host CA" -keyout "$keys/ca.key" -out "$keys/ca.crt"',
    '  openssl req -newkey rsa:2048 -nodes -subj "/CN=$host" -keyout "$keys/tls.key" -out "$keys/tls.csr"',
    '  echo "subjectAltName=DNS:$host" >"$keys/names"',
    '  openssl x509 -req -in "$keys/tls.csr" -CA "$keys/ca.crt" -CAkey "$keys/ca.key" -CAcreateserial -days 365 \\',
    '    -extfile "$keys/names" -out "$keys/tls.crt"',
    '  kubectl -n prometheus create secret generic prometheus-adapter-tls \\',
    '    --from-file="$keys/tls.crt" --from-file="$keys/tls.key" --from-file="$keys/ca.crt"',
    '  rm -r "$keys"',
    'fi',
    'kubectl -n grafana get secret grafana-admin ||',
    '  kubectl -n grafana create secret generic grafana-admin --from-literal=admin-password="$(openssl rand -hex 20)"',
    ...services
      .filter(({ metrics }) => metrics !== undefined)
      .map(
        (service) => `kubectl apply -f ${at(service, services)}/role.yaml -f ${at(service, services)}/rolebinding.yaml`,
      ),
    'kubectl apply -f envoy_proxy_k8s/role.yaml -f envoy_proxy_k8s/rolebinding.yaml',
    'kubectl apply -f prometheus_k8s/ -f grafana_k8s/',
    "ca=$(kubectl -n prometheus get secret prometheus-adapter-tls -o jsonpath='{.data.ca\\.crt}')",
    'kubectl patch apiservice v1beta1.custom.metrics.k8s.io --type merge --patch "{\\"spec\\":{\\"caBundle\\":\\"$ca\\"}}"',
    'kubectl wait --for=condition=Available --timeout=180s apiservice/v1beta1.custom.metrics.k8s.io',
    '```',
    '',
    '- The certificate lasts for a year. Before it ends: delete the Secret `prometheus-adapter-tls`, type the lines again, and',
    '  `kubectl -n prometheus rollout restart deployment/prometheus-adapter`.',
    '- The cluster has a Prometheus of its own: leave out `prometheus_k8s/`, let yours scrape the pods of namespace `envoy` (annotations',
    '  `prometheus.io/*`) with labels `namespace` and `pod`, and allow it in `envoy_proxy_k8s/networkpolicy.yaml`.',
    '- `v1beta1.custom.metrics.k8s.io` has an owner already: a second one would take it over. Give the rules of',
    '  `prometheus_k8s/adapter-configmap.yaml` to yours (`prometheus_k8s/helm/` has them for the Helm chart).',
    '- In the dashboards the list Cluster says which service they show. Where its pods show Prometheus nothing, all panels go by what',
    '  Envoy counts for each address; otherwise "gRPC load balancing" takes the counter, the labels and the histogram that are chosen',
    '  at the top.',
  ];
}

export function envoyStep(services: readonly Service[]): Step {
  return [
    'Envoy, which nothing calls yet',
    'The headless Service comes first, so that Envoy finds the pods as soon as it starts:',
    '',
    '```sh',
    ...services.map((service) => `kubectl apply -f ${at(service, services)}/service-headless.yaml`),
    'kubectl apply -f envoy_proxy_k8s/',
    'kubectl -n envoy rollout status deployment/envoy --timeout=180s',
    'kubectl -n envoy port-forward deployment/envoy 9902 & sleep 3',
    "curl -s localhost:9902/stats/prometheus | grep -E 'membership_(total|healthy)\\{'; kill %1",
    '```',
    '',
    'For each service `membership_healthy` must equal `membership_total` and the number of its pods. If it does not, stop here:',
    '',
    '- total 0: the selector of the headless Service finds no pod; compare',
    ...services.map(
      (service) =>
        `  \`kubectl -n ${service.namespace} get endpointslices -l kubernetes.io/service-name=${headlessName(service)}\``,
    ),
    '- healthy below total: the health check fails. With gRPC it is the name that grpc.health.v1 knows (`--health`); it can also be a',
    '  network policy of yours that keeps Envoy from the pods. Where the namespace is closed already, `last/` of the service opens the',
    '  way, and may be applied now.',
  ];
}

function at(service: Service, services: readonly Service[]): string {
  return folderOf(service, services);
}
