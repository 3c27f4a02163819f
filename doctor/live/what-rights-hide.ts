// Rules that were written for files, over a cluster of which the rights hide a part. What a rule asked for and could not see
// may be what it misses: it then could not look, whatever it says.
import type { Chain } from '../chain/chain';
import { WORKLOAD_KINDS } from '../chain/workload';
import { blind, type Rule, type Subject } from '../rules/rule';
import { LIVE_KINDS } from './cluster/kinds';
import type { Unreadable } from './cluster/read-cluster';
import type { Live, LiveRule } from './live';

/** The kinds that each part of a chain is made of. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  objects: LIVE_KINDS.map(({ kind }) => kind),
  workloads: WORKLOAD_KINDS,
  services: ['Service'],
  envoys: ['ConfigMap', ...WORKLOAD_KINDS],
  podsOf: WORKLOAD_KINDS,
  servicesOf: ['Service'],
  serviceAt: ['Service'],
};

/** The same rule, which says what it could not see, and takes back what it found or passed without seeing it. */
export function underRights(rule: Rule, unreadable: readonly Unreadable[]): Rule {
  if (unreadable.length === 0) return rule;
  return {
    ...rule,
    check: (chain) => {
      const asked = new Set<string>();
      const observations = rule.check(watched(chain, asked));
      const hidden = unreadable.filter(({ kind }) => asked.has(kind));
      const sure = observations.filter(({ kind, subject }) => kind === 'blind' || !hidden.some(hides(subject)));
      return [...sure, ...hidden.map(({ namespace, needs }) => blind(placeless(namespace), needs))];
    },
  };
}

/** A rule about a running system, as one over a chain: it says by itself which kinds it needs. */
export function overLive(rule: LiveRule, live: Live): Rule {
  const hidden = live.cluster.unreadable.filter(({ kind }) => rule.needs.includes(kind));
  const unseen = hidden.map(({ namespace, needs }) => blind(placeless(namespace), needs));
  return { ...rule, check: () => [...rule.check(live), ...unseen] };
}

function hides(subject: Subject): (unreadable: Unreadable) => boolean {
  return ({ namespace }) =>
    namespace === undefined || subject.carriers.some((carrier) => carrier.namespace === namespace);
}

function placeless(namespace: string | undefined): Subject {
  const label = namespace === undefined ? 'the cluster' : `namespace ${namespace}`;
  return { label, place: { file: label, line: 0, field: '' }, carriers: [] };
}

/** The chain, which notes the kinds that it is asked for. */
function watched(chain: Chain, asked: Set<string>): Chain {
  return new Proxy(chain, {
    get: (target, name, receiver) => {
      for (const kind of MADE_OF[String(name)] ?? []) asked.add(kind);
      if (name !== 'ofKind') return Reflect.get(target, name, receiver);
      return (...kinds: readonly string[]) => {
        for (const kind of kinds) asked.add(kind);
        return target.ofKind(...kinds);
      };
    },
  });
}
