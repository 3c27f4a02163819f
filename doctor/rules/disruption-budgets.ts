// PodDisruptionBudgets of the pods that calls go through.
import { fewestPods, podShare } from '../chain/autoscaler';
import type { Chain } from '../chain/chain';
import { coveredWorkloads, disruptionBudgets, isUnderBudget } from '../chain/disruption-budget';
import { callCarriers } from '../chain/grpc';
import type { Workload } from '../chain/workload';
import type { ManifestObject } from '../input/manifest-object';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

export const blockingBudget: Rule = {
  code: 'GLB018',
  level: 'warning',
  title: 'A disruption budget lets no pod go',
  harm:
    'a node drain waits for these pods until someone gives up and takes the node: then they end without being asked to ' +
    'drain, and the calls that they serve fail',
  cure: 'maxUnavailable: 1, which holds for any number of pods, and at least two of them',
  sources: [
    'https://github.com/open-policy-agent/gatekeeper-library/issues/202',
    'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  ],
  check: (chain) => disruptionBudgets(chain).flatMap((budget) => budgetObservations(chain, budget)),
};

function budgetObservations(chain: Chain, budget: ManifestObject): readonly Observation[] {
  const subject = objectSubject(budget);
  const [least, most] = [budget.at.get('spec', 'minAvailable'), budget.at.get('spec', 'maxUnavailable')];
  if (['0', '0%'].includes(String(most.value))) return [found(subject, most, `maxUnavailable is ${most.value}`)];
  if (least.value === '100%') return [found(subject, least, 'minAvailable is 100%')];
  if (least.value === undefined || String(least.value).replace('%', '') === '0') return [passed(subject)];
  const covered = coveredWorkloads(chain, budget);
  if (covered.length === 0) return [blind(subject, 'the pods that it selects')];
  const counts = covered.map((workload) => fewestPods(chain, workload));
  const known = counts.filter((count) => count !== undefined);
  if (known.length < counts.length) return [blind(subject, `the number of pods of ${covered[0]?.object.label}`)];
  const total = known.reduce((sum, { count }) => sum + count, 0);
  // Kubernetes rounds the share that has to stay up.
  const needed = podShare(least, total, Math.ceil);
  if (needed === undefined) return [blind(subject, `a number or a share in minAvailable, not ${least.value}`)];
  if (needed < total) return [passed(subject)];
  const because = known.map((count) => count.because).join(', ');
  return [found(subject, least, `minAvailable is ${least.value}, and ${because}`)];
}

export const missingBudget: Rule = {
  code: 'GLB019',
  level: 'info',
  title: 'Nothing keeps a node drain from taking all pods at once',
  harm: 'a cluster upgrade may take several or all of these pods together: calls fail until new ones have started',
  cure: 'a PodDisruptionBudget with maxUnavailable: 1',
  sources: ['https://kubernetes.io/docs/concepts/workloads/pods/disruptions/'],
  check: (chain) =>
    callCarriers(chain).flatMap((workload): readonly Observation[] => {
      const subject = objectSubject(workload.object);
      const pods = fewestPods(chain, workload);
      if (['DaemonSet', 'Job', 'CronJob', 'Pod'].includes(workload.object.kind)) return [];
      if (disruptionBudgets(chain).some((budget) => isUnderBudget(budget, workload))) return [passed(subject)];
      if (pods === undefined) return [blind(subject, 'the number of its pods')];
      if (pods.count < 2) return []; // one pod is never enough: a budget would only block
      // Where the others of a namespace have theirs, this one lacks it. Else all may be in another file.
      const hasOthers = disruptionBudgets(chain).some(({ namespace }) => namespace === workload.object.namespace);
      if (!hasOthers) return [blind(subject, `the PodDisruptionBudgets of the namespace ${workload.object.namespace}`)];
      return [
        found(subject, workload.object.at.get('spec'), `no PodDisruptionBudget selects its pods, and ${pods.because}`),
      ];
    }),
};

export const twoBudgets: Rule = {
  code: 'GLB066',
  level: 'warning',
  title: 'Pods are under two disruption budgets',
  harm:
    'the API refuses to evict such pods, so a node drain hangs until someone takes the node: then they end without being ' +
    'asked to drain, and the calls that they serve fail',
  cure: 'one PodDisruptionBudget per pod',
  sources: ['https://github.com/kubernetes/kubernetes/issues/75957'],
  check: (chain) =>
    disruptionBudgets(chain).flatMap((budget) => {
      const subject = objectSubject(budget);
      return coveredWorkloads(chain, budget).map(
        (workload) => twoBudgetObservation(chain, budget, workload) ?? passed(subject),
      );
    }),
};

function twoBudgetObservation(chain: Chain, budget: ManifestObject, workload: Workload): Observation | undefined {
  const other = disruptionBudgets(chain).find(
    (each) => each !== budget && each.name !== budget.name && isUnderBudget(each, workload),
  );
  if (other === undefined) return undefined;
  const says = `it selects the pods of ${workload.object.label}, and so does ${other.label}`;
  return found(objectSubject(budget), budget.at.get('spec', 'selector'), says);
}
