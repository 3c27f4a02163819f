// A kubectl that plays a cluster: it knows the words that the doctor uses, and fails the test at any other.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { CommandResult } from '../../../../command-line/run-command';
import type { Right } from '../../../../doctor/live/access/access';
import { LIVE_KINDS, resourceName } from '../../../../doctor/live/cluster/kinds';
import type { LiveContext } from '../../../../doctor/live/run-live';
import { parseOptions } from '../../../../doctor/options';
import { runDoctor } from '../../../../doctor/run';

export interface PlayedObject {
  kind: string;
  metadata: Record<string, unknown> & { name: string; namespace?: string };
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind, which tests change
  [part: string]: any;
}

export function shop(): PlayedObject[] {
  const text = readFileSync(path.join(__dirname, 'shop.yaml'), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as PlayedObject);
}

export function named(objects: readonly PlayedObject[], kind: string, name: string): PlayedObject {
  return objects.find((object) => object.kind === kind && object.metadata.name === name) ?? assert.fail(name);
}

/** An answer of Envoy to /clusters: calls, and flags unless it is healthy, per address. */
export function clustersText(hosts: Readonly<Record<string, number | readonly [number, string]>>): string {
  const lines = Object.entries(hosts).flatMap(([address, host]) => {
    const [calls, flags] = typeof host === 'number' ? [host, 'healthy'] : host;
    return [`rq_total::${calls}`, `health_flags::${flags}`, 'weight::1', 'priority::0'].map(
      (line) => `cart::${address}:50051::${line}`,
    );
  });
  return ['cart::observability_name::cart', 'cart::127.0.0.1:1::rq_total::99', ...lines, ''].join('\n');
}

export interface Play {
  readonly objects?: readonly PlayedObject[];
  readonly isAllowed?: (right: Right) => boolean;
  /** What the admin port of a pod answers. */
  readonly admin?: (pod: string, seconds: number) => string;
  /** What a path of a pod answers through the API server. */
  readonly proxy?: (path: string, seconds: number) => string | undefined;
  /** What a command ends with, in place of the cluster's answer. */
  readonly fail?: (args: readonly string[]) => Partial<CommandResult> | undefined;
  readonly contexts?: object;
  readonly interruptAfterSeconds?: number;
  readonly files?: string;
}

export interface Played {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** kubectl's words, without the context. */
  readonly asked: readonly string[];
  readonly progress: readonly string[];
}

const START_MS = Date.parse('2026-06-01T00:00:00Z');
const CONTEXTS = { 'current-context': 'here', contexts: [{ name: 'here', context: { namespace: 'shop' } }] };

/** Runs `doctor --live` with `args` on that cluster. */
export async function playLive(args: readonly string[], play: Play = {}): Promise<Played> {
  const { objects = shop(), isAllowed = () => true, admin = evenly, interruptAfterSeconds } = play;
  const interrupted = new AbortController();
  const asked: string[] = [];
  const progress: string[] = [];
  const written = { out: '', err: '' };
  let seconds = 0;
  const answer = (words: readonly string[], input: string | undefined): string | undefined => {
    const [verb, what = '', ...rest] = words.filter((word) => word !== '--request-timeout=0');
    if (verb === 'config') return JSON.stringify(play.contexts ?? CONTEXTS);
    if (verb === 'create') return reviews(input ?? '', isAllowed);
    if (verb !== 'get') return assert.fail(`kubectl ${words.join(' ')}`);
    if (what === '--raw' && rest[0] === '/apis') return JSON.stringify({ groups: [] });
    if (what === '--raw') return play.proxy?.(rest[0] ?? '', seconds);
    const kinds = what.split(',').map((name) => LIVE_KINDS.find((kind) => resourceName(kind) === name)?.kind);
    const namespace = rest[0] === '--namespace' ? rest[1] : undefined;
    const items = objects.filter(
      ({ kind, metadata }) => kinds.includes(kind) && (namespace === undefined || metadata.namespace === namespace),
    );
    return JSON.stringify({ kind: 'List', items });
  };
  const live: LiveContext = {
    run: async (command, all, { input }) => {
      assert.equal(command, 'kubectl');
      const words = all[0] === '--context' ? all.slice(2) : all;
      asked.push(words.join(' '));
      const failed = play.fail?.(words);
      if (failed !== undefined) return { code: 1, stdout: '', stderr: '', failure: undefined, ...failed };
      const stdout = answer(words, input);
      const none = { stdout: '', stderr: 'Error from server (NotFound): not found\n', failure: undefined };
      return stdout === undefined ? { code: 1, ...none } : { code: 0, stdout, stderr: '', failure: undefined };
    },
    readByForward: async ({ pod, port, path: wanted }) => {
      assert.deepEqual([port, wanted], [9901, '/clusters']);
      return admin(pod, seconds);
    },
    clock: {
      nowMs: () => START_MS + seconds * 1000,
      pause: async (ms) => {
        seconds += ms / 1000;
        if (interruptAfterSeconds !== undefined && seconds >= interruptAfterSeconds) interrupted.abort();
      },
    },
    listen: () => interrupted.signal,
    progress: (line) => void progress.push(line),
  };
  const parsed = parseOptions(['--live', ...args]);
  if (parsed.kind !== 'run') assert.fail(JSON.stringify(parsed));
  const code = await runDoctor(parsed.options, {
    folder: '/',
    readStdin: () => play.files ?? '',
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    paint: (_, text) => text,
    live,
  });
  return { code, ...written, asked, progress };
}

/** What the rule `code` says, as the JSON has it. */
export async function found(code: string, play: Play, args: readonly string[] = []) {
  const { out, err } = await playLive([...args, '--json'], play);
  assert.notEqual(out, '', err);
  const { findings, rules } = JSON.parse(out) as {
    findings: { code: string; says: string; file: string; field?: string; inner?: number }[];
    rules: { code: string; outcome: string }[];
  };
  const outcome = rules.find((rule) => rule.code === code)?.outcome;
  return { outcome, findings: findings.filter((finding) => finding.code === code) };
}

/** Each Envoy sends each server three calls a second. */
function evenly(_: string, seconds: number): string {
  const calls = 100 + 3 * seconds;
  return clustersText({ '10.0.0.1': calls, '10.0.0.2': calls, '10.0.0.3': calls });
}

/** One object after the other, as kubectl prints several; what is empty is left out. */
function reviews(input: string, isAllowed: (right: Right) => boolean): string {
  const { items } = JSON.parse(input) as { items: { spec: { resourceAttributes: Right } }[] };
  return items
    .map(({ spec }) => {
      const attributes = Object.entries(spec.resourceAttributes).filter(([, value]) => value !== '');
      const status = { allowed: isAllowed(spec.resourceAttributes) };
      const review = { spec: { resourceAttributes: Object.fromEntries(attributes) }, status };
      return `${JSON.stringify(review, null, 4)}\n`;
    })
    .join('');
}
