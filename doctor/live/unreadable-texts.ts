// Live ConfigMaps whose text looks like Envoy's configuration and cannot be read: they end a run over files; in a cluster
// they are as likely as not about other software, so the rules about Envoy say that they could not look at them.
import { findEnvoys } from '../chain/envoy/find-envoys';
import type { LiveCluster, Unreadable } from './cluster/read-cluster';

export function withoutUnreadableTexts(cluster: LiveCluster): LiveCluster {
  const unreadable: Unreadable[] = [];
  const objects = cluster.objects.filter((object) => {
    if (object.kind !== 'ConfigMap') return true;
    const problems: string[] = [];
    findEnvoys([object], [], [], (problem) => problems.push(problem));
    const { kind, label, namespace } = object;
    if (problems.length > 0) unreadable.push({ kind, namespace, needs: `a configuration in ${label} that is YAML` });
    return problems.length === 0;
  });
  return { ...cluster, objects, unreadable: [...cluster.unreadable, ...unreadable] };
}
