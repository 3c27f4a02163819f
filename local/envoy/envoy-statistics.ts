// What an Envoy shows to Prometheus about the cluster that stands for the servers.
import { samplesOf } from '../../prometheus-text/samples';
import { GREETER_CLUSTER } from './envoy-config';

/** The value of `envoy_cluster_NAME` in `text` (/stats/prometheus); undefined if it is not there. */
export function greeterStatistic(text: string, name: string, cluster = GREETER_CLUSTER): number | undefined {
  const samples = samplesOf(text, `envoy_cluster_${name}`);
  return samples.find(({ labels }) => labels.envoy_cluster_name === cluster)?.value;
}
