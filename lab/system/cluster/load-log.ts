// Follows the log of a load's pod from its first line to its last, through every break of the connection, until its
// container has ended and all that it wrote was read.
import { delay } from '../../../runtime/lifecycle';
import { type Api, isNotFound, unlessNotFound } from './api';
import type { LedgerSink } from './ledger-sink';
import { CLIENT, type PodObject, podsPath } from './objects';

const AGAIN_AFTER_MS = 250;
/** What no pod gets out of by waiting. */
const HOPELESS = /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|CreateContainer(Config)?Error)$/;
/** For an image to be pulled and a node to be found. */
const START_WITHIN_MS = 120_000;

export interface ContainerEnd {
  /** Undefined when the pod vanished before its end was seen. */
  readonly exitCode: number | undefined;
}

/** @throws Error when the pod cannot start */
export async function followLoadLog(
  api: Api,
  pod: string,
  sink: LedgerSink,
  signal: AbortSignal,
): Promise<ContainerEnd> {
  const log = `${podsPath(CLIENT.namespace)}/${pod}/log?container=${CLIENT.container}`;
  const startedMs = performance.now();
  let hasRun = false;
  for (;;) {
    sink.restart();
    // Refused while the container is not there yet, and broken off when the way to it breaks: the pod says which.
    await api.stream(`${log}&follow=true`, signal, (text) => sink.take(text)).catch(() => undefined);
    if (signal.aborted) throw new Error(`cannot read the log of ${pod}: stopped because the run ends`);
    const state = await readContainer(api, pod);
    if (state === 'gone') return { exitCode: undefined };
    if (state.end !== undefined) {
      // The stream may have broken off just before the end; what it brought already is not taken twice.
      sink.restart();
      // It may be deleted since that look. The client's summary tells whether a line is missing.
      await sink.take((await api.text(log, 60_000).catch(unlessNotFound)) ?? '');
      return state.end;
    }
    hasRun ||= state.isRunning;
    const waitedMs = performance.now() - startedMs;
    if (!hasRun && (HOPELESS.test(state.reason) || waitedMs > START_WITHIN_MS)) {
      throw new Error(`the pod ${pod} does not start: ${state.reason} ${state.message}`.trim());
    }
    await delay(AGAIN_AFTER_MS, signal);
  }
}

interface ContainerLook {
  readonly isRunning: boolean;
  readonly end: ContainerEnd | undefined;
  readonly reason: string;
  readonly message: string;
}

async function readContainer(api: Api, pod: string): Promise<ContainerLook | 'gone'> {
  try {
    const { status = {} } = await api.get<PodObject>(`${podsPath(CLIENT.namespace)}/${pod}`);
    const state = status.containerStatuses?.find(({ name }) => name === CLIENT.container)?.state;
    const scheduled = status.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
    return {
      isRunning: state?.running !== undefined,
      end: state?.terminated && { exitCode: state.terminated.exitCode },
      reason: state?.waiting?.reason ?? scheduled?.reason ?? status.phase ?? '',
      message: state?.waiting?.message ?? scheduled?.message ?? '',
    };
  } catch (thrown) {
    if (isNotFound(thrown)) return 'gone';
    // The API server is away for a moment; the next look will show.
    return { isRunning: false, end: undefined, reason: '', message: (thrown as Error).message };
  }
}
