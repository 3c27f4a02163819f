// What the page may order, and how an order is read from a request. What it does is in local/page-controls.ts.
import { jsonObject } from '../../runtime/json-object';

/** To one pod. */
export const POD_ORDERS = ['kill', 'hang', 'slow', 'not-serving'] as const;
export type PodOrder = (typeof POD_ORDERS)[number];

export type Order =
  | { readonly name: 'scale'; readonly by: 1 | -1 }
  | { readonly name: PodOrder; readonly pod: string }
  | { readonly name: 'roll' | 'end' }
  | { readonly name: 'policy'; readonly policy: string }
  | { readonly name: 'rate'; readonly perSecond: number };

export type ReadOrder = { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly problem: string };

/** Above this one client process is the limit, and not the balancing. */
export const MAX_RATE = 1000;

/** @param name the last part of the path @param body JSON */
export function readOrder(name: string, body: string, policies: readonly string[]): ReadOrder {
  const values = body === '' ? {} : jsonObject(body);
  if (values === undefined) return { ok: false, problem: `expected a JSON object, got ${body.slice(0, 60)}` };
  const refuse = (what: string, expected: string, got: unknown): ReadOrder => ({
    ok: false,
    problem: `order ${name}: ${what}: expected ${expected}, got ${JSON.stringify(got) ?? 'nothing'}`,
  });
  if (name === 'scale') {
    const { by } = values;
    return by === 1 || by === -1 ? { ok: true, order: { name, by } } : refuse('by', '1 or -1', by);
  }
  const podOrder = POD_ORDERS.find((each) => each === name);
  if (podOrder !== undefined) {
    const { pod } = values;
    return typeof pod === 'string' && pod !== ''
      ? { ok: true, order: { name: podOrder, pod } }
      : refuse('pod', 'the name of a pod', pod);
  }
  if (name === 'roll' || name === 'end') return { ok: true, order: { name } };
  if (name === 'policy') {
    const policy = policies.find((each) => each === values.policy);
    return policy === undefined
      ? refuse('policy', `one of ${policies.join(', ')}`, values.policy)
      : { ok: true, order: { name, policy } };
  }
  if (name === 'rate') {
    const { perSecond } = values;
    const isSound = typeof perSecond === 'number' && perSecond >= 1 && perSecond <= MAX_RATE;
    return isSound
      ? { ok: true, order: { name, perSecond } }
      : refuse('perSecond', `calls per second, 1-${MAX_RATE}`, perSecond);
  }
  const known = ['scale', ...POD_ORDERS, 'roll', 'policy', 'rate', 'end'];
  return { ok: false, problem: `order "${name}": expected one of ${known.join(', ')}` };
}
