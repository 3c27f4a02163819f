// PodDisruptionBudgets: how many pods a node drain may take at a time.
import type { ManifestObject } from '../input/manifest-object';
import type { Chain } from './chain';
import { matchesSelector } from './label-selector';
import type { Workload } from './workload';

export function disruptionBudgets(chain: Chain): readonly ManifestObject[] {
  return chain.ofKind('PodDisruptionBudget');
}

export function isUnderBudget(budget: ManifestObject, { object, podLabels }: Workload): boolean {
  const selector = budget.at.get('spec', 'selector');
  // policy/v1: an empty selector takes every pod of the namespace, a missing one none.
  return selector.value !== undefined && budget.namespace === object.namespace && matchesSelector(selector, podLabels);
}

/** Workloads whose pods stay: those of a Job end by themselves. */
export function coveredWorkloads(chain: Chain, budget: ManifestObject): readonly Workload[] {
  return chain.workloads.filter(
    (workload) => !['Job', 'CronJob'].includes(workload.object.kind) && isUnderBudget(budget, workload),
  );
}
