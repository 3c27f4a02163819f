// Reads the orders to the fault endpoint: the JSON of PUT /faults, and how long POST /freeze freezes.
import { jsonObject } from '../../runtime/json-object';
import type { ServerFault } from '../../runtime/server-fault';

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

interface Rule {
  readonly expected: string;
  readonly isSound: (value: unknown) => boolean;
}

const UP_TO_TEN_MINUTES_MS = 600_000;
const isNumberUpTo = (max: number) => (value: unknown) => typeof value === 'number' && value >= 0 && value <= max;
const BOOLEAN: Rule = { expected: 'true or false', isSound: (value) => typeof value === 'boolean' };

const RULES: Readonly<Record<keyof ServerFault, Rule>> = {
  delayMs: { expected: 'milliseconds 0-600000', isSound: isNumberUpTo(UP_TO_TEN_MINUTES_MS) },
  errorRate: { expected: 'a share of calls 0-1', isSound: isNumberUpTo(1) },
  isHung: BOOLEAN,
  notServing: BOOLEAN,
  failsProbes: BOOLEAN,
  onlyName: {
    expected: 'the name that is greeted, 1-256 characters',
    isSound: (value) => typeof value === 'string' && value.length >= 1 && value.length <= 256,
  },
};

/** The faults in `text`, or everything that is wrong with it. */
export function readFaults(text: string): Read<ServerFault> {
  const value = jsonObject(text);
  if (value === undefined) return { ok: false, problem: `expected a JSON object, got ${excerpt(text)}` };
  const problems = Object.entries(value).flatMap(([field, given]) => {
    const rule = Object.hasOwn(RULES, field) ? RULES[field as keyof ServerFault] : undefined;
    if (rule === undefined) return [`${field}: no such fault; there are ${Object.keys(RULES).join(', ')}`];
    return rule.isSound(given) ? [] : [`${field}: expected ${rule.expected}, got ${excerpt(JSON.stringify(given))}`];
  });
  return problems.length > 0 ? { ok: false, problem: problems.join('\n') } : { ok: true, value };
}

/** The milliseconds in `ms`, a parameter of the query. */
export function readFreezeMs(ms: string | null): Read<number> {
  if (ms !== null && /^\d{1,6}$/.test(ms) && Number(ms) >= 1 && Number(ms) <= UP_TO_TEN_MINUTES_MS) {
    return { ok: true, value: Number(ms) };
  }
  return { ok: false, problem: `ms: expected an integer 1-600000, got ${ms === null ? 'nothing' : excerpt(ms)}` };
}

const MAX_EXCERPT = 100;

function excerpt(text: string): string {
  return text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT)}…` : text;
}
