// Envoy's cluster of one service: the shipped cluster with another name, another address and what its pods can say of
// their health.
import { headlessHost } from '../service/names';
import type { Service } from '../service/service';
import type { YamlPath, YamlText } from '../yaml-text/yaml-text';

const ENDPOINT: YamlPath = [
  'load_assignment',
  'endpoints',
  0,
  'lb_endpoints',
  0,
  'endpoint',
  'address',
  'socket_address',
];

/** @param cluster the shipped cluster, as a list of one; it is changed */
export function clusterOf(service: Service, cluster: YamlText): string {
  cluster.set([0, 'name'], service.id);
  cluster.set([0, 'load_assignment', 'cluster_name'], service.id);
  cluster.set([0, ...ENDPOINT, 'address'], headlessHost(service));
  cluster.set([0, ...ENDPOINT, 'port_value'], service.port);
  if (service.drainSeconds === undefined) describeReadyHosts(cluster);
  const check: YamlPath = [0, 'health_checks', 0];
  if (service.health.kind === 'grpc') {
    cluster.change(
      [...check, 'grpc_health_check', 'service_name'],
      service.health.service,
      'the name that readiness asks for',
    );
    if (service.drainSeconds === undefined) cluster.setCommentAbove(check, GRPC_WITHOUT_DRAIN);
    return cluster.text;
  }
  const item = cluster.item(check);
  item.remove([0, 'grpc_health_check']);
  item.replaceItem([0], [`${item.text}  tcp_health_check: {} # that it takes a connection is all that is asked\n`]);
  cluster.replaceItem(check, [item.text]);
  cluster.setCommentAbove(check, TCP);
  return cluster.text;
}

/** The shipped reasons are those of a name that has every pod. */
function describeReadyHosts(cluster: YamlText): void {
  const settings: YamlPath = [0, 'common_lb_config'];
  cluster.setCommentBeside([...settings, 'ignore_new_hosts_until_first_hc'], 'to be in DNS is not enough');
  cluster.setCommentAbove(
    [...settings, 'healthy_panic_threshold'],
    ['Below one in a hundred means none: only when every pod looks ill, all are tried rather than none.'],
  );
}

const GRPC_WITHOUT_DRAIN = [
  'DNS has ready pods only, and between two looks at it these checks decide which pods get calls: a server must',
  'have grpc.health.v1; one without it never passes, and gets calls only in panic.',
  'NOT_SERVING takes a pod out at once. Silence takes two checks: found within 2.5 s, while a pause of up to',
  '1.5 s (a starved node) is forgiven, since wrongly taking a pod out spoils the even spread.',
];

const TCP = [
  'The pods have no grpc.health.v1, so Envoy only sees whether their port takes a connection: a pod that hangs,',
  'or cannot answer, still gets calls until outlier_detection below has seen two of them fail. DNS has ready pods',
  'only, and tells of those that leave. A port that is silent is found by two checks.',
];
