// Cluster in, diagnosis out.
import type { RunCommand } from '../../command-line/run-command';
import { type Chain, readChain } from '../chain/chain';
import { diagnose } from '../diagnosis';
import { unknownKinds } from '../input/kinds';
import type { Input } from '../input/read-input';
import type { LiveOptions } from '../options';
import type { Report } from '../output/report';
import { RULES } from '../rules/all';
import { annotationSuppressions } from '../suppression/annotations';
import { BAD_SUPPRESSION, type Suppression } from '../suppression/suppression';
import type { Clock } from './clock';
import { type LiveCluster, readCluster } from './cluster/read-cluster';
import { liveCommentSuppressions } from './comments';
import { openKubectl } from './kubectl';
import type { Live } from './live';
import { layOver, ofRules } from './overlay';
import { LIVE_RULES } from './rules/all';
import { liveEndpoints } from './traffic/endpoints';
import { isRunning, liveEnvoys } from './traffic/envoy-pods';
import type { ReadPodPath } from './traffic/port-forward';
import { spreadsOf } from './traffic/spreads';
import { watchTraffic } from './traffic/watch';
import { withoutUnreadableTexts } from './unreadable-texts';
import { overLive, underRights } from './what-rights-hide';

export interface LiveContext {
  readonly run: RunCommand;
  readonly readByForward: ReadPodPath;
  readonly clock: Clock;
  /** From its call on, Ctrl-C aborts the signal in place of ending the process. */
  readonly listen: () => AbortSignal;
  /** A line that the next one replaces; empty takes it away. */
  readonly progress: (line: string) => void;
}

/** The caller wants no answer any more. */
export class Interrupted extends Error {}

/**
 * @param files what is laid over the cluster, with the suppressions in its comments
 * @throws InputError when the cluster cannot be asked, ManifestError as readChain(), Interrupted
 */
export async function examineLive(options: LiveOptions, files: LaidFiles, context: LiveContext): Promise<Report> {
  const signal = context.listen();
  try {
    const report = await examineCluster(options, files, { ...context, signal });
    if (!signal.aborted) return report;
  } catch (thrown) {
    // What was cut short is no fault of the cluster.
    if (!signal.aborted) throw thrown;
  } finally {
    context.progress('');
  }
  throw new Interrupted();
}

/** What is laid over the cluster. */
export interface LaidFiles {
  readonly input: Input;
  /** Suppressions in the comments of its texts. */
  readonly comments: (chain: Chain) => readonly Suppression[];
}

async function examineCluster(
  { context, namespaces, watchSeconds }: LiveOptions,
  files: LaidFiles,
  { run, readByForward, clock, signal, progress }: LiveContext & { readonly signal: AbortSignal },
): Promise<Report> {
  progress('reads the cluster');
  const kubectl = await openKubectl(run, context, signal);
  const cluster = withoutUnreadableTexts(await readCluster(kubectl, namespaces));
  const pods = cluster.objects.filter((object) => object.kind === 'Pod' && isRunning(object));
  const liveChain = readChain({ objects: ofRules(cluster), bootstraps: [] });
  const envoys = liveEnvoys(liveChain, pods);
  const reader = { kubectl, granted: cluster.granted, readByForward };
  const traffic = await watchTraffic(reader, envoys, {
    clock,
    seconds: watchSeconds,
    onProgress: (passed) => progress(`counts calls at ${envoys.length} Envoys, ${passed} of ${watchSeconds} s`),
  });
  const spreads = spreadsOf(traffic, { chain: liveChain, pods, endpoints: liveEndpoints(cluster.objects) });
  const live: Live = { cluster, chain: liveChain, traffic, spreads };

  const objects = layOver(cluster, files.input.objects, namespaces[0] ?? kubectl.namespace);
  const chain = readChain({ objects, bootstraps: files.input.bootstraps });
  const rules = [
    ...RULES.map((rule) => underRights(rule, cluster.unreadable)),
    ...LIVE_RULES.map((rule) => overLive(rule, live)),
  ];
  const suppressions = [
    ...annotationSuppressions([...objects, ...pods]),
    ...files.comments(chain),
    ...liveCommentSuppressions(objects),
  ];
  return {
    diagnosis: diagnose(chain, rules, suppressions),
    rules: [BAD_SUPPRESSION, ...rules],
    unknownKinds: unknownKinds(objects),
    others: files.input.others,
    live: { context: kubectl.context, read: scopeText(cluster), seconds: traffic.seconds, spreads },
  };
}

function scopeText({ namespaces, objects }: LiveCluster): string {
  const where =
    namespaces === undefined ? 'all namespaces but those of Kubernetes' : `namespace ${namespaces.join(', ')}`;
  return `${objects.length} objects in ${where}`;
}
