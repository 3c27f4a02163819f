// The client as a whole: a schedule sends calls, and each outcome goes to the tally, the metrics, the log and the ledger.
import type { Writable } from 'node:stream';
import { delay, type RunningService } from '../runtime/lifecycle';
import type { Logger } from '../runtime/log';
import { startMetricsServer } from '../runtime/metrics-server';
import { channelTarget } from './channel';
import type { StreamEnd } from './chat-stream';
import { createChatStreams } from './chat-streams';
import { systemClock } from './clock';
import { type ClientConfig, callIntervalMs, mostInFlight, OVERRUN_MS } from './config';
import { createGreeterClient, type GreeterClient } from './greeter-client';
import { isReaderGone, Ledger } from './ledger';
import { createClientMetrics } from './metrics';
import { createPerCallGreeterClient } from './new-channel-per-call';
import { ReplyLog } from './reply-log';
import { Schedule, type ScheduledCall } from './schedule';
import { summarize } from './summary';
import { Tally } from './tally';

/** The part of its deadline after which a call that is not answered says that something is short of time. */
const SLOW = 0.7;
const TALLY_INTERVAL_MS = 10_000;
const LEDGER_FLUSH_MS = 5000;

/** @throws StartError when the ledger or the metrics port cannot be opened. */
export async function startLoopingClient(
  config: ClientConfig,
  log: Logger,
  standardOutput: Writable,
): Promise<RunningService> {
  const intervalMs = callIntervalMs(config);
  const clock = systemClock;
  const total = new Tally();
  let recent = new Tally();
  const replyLog = new ReplyLog({ log, intervalMs });
  const greeter = createGreeter(config, (end) => replyLog.streamEnded(end, clock.now()));

  const schedule = new Schedule({
    intervalMs,
    maxInFlight: mostInFlight(config),
    maxLateMs: config.maxLateMs,
    slowMs: config.deadlineMs * SLOW,
    count: config.count,
    clock,
  });
  const onLedgerFailure = (error: Error): void => {
    log.error({ err: error }, 'ledger failed');
    // The process that asked for the calls is gone, and nothing else would end them.
    if (isReaderGone(error)) schedule.stop();
  };
  const metrics = createClientMetrics(total, schedule);
  const ledger =
    config.ledger === undefined ? undefined : await Ledger.open(config.ledger, standardOutput, onLedgerFailure);
  const metricsServer = await startMetricsServer({
    registry: metrics.registry,
    host: config.metricsHost,
    port: config.metricsPort,
  });

  // Calls that queue up for the first connection would all go to one address, and measure the connecting.
  await greeter.ready(config.connectWaitMs);

  let tallyStartMs = clock.now();
  const tallyTimer = setInterval(() => {
    const nowMs = clock.now();
    replyLog.tally(recent, (nowMs - tallyStartMs) / 1000, schedule);
    recent = new Tally();
    tallyStartMs = nowMs;
  }, TALLY_INTERVAL_MS);

  const send = async (call: ScheduledCall): Promise<void> => {
    const record = { ...call, ...(await greeter.greet()) };
    total.record(record);
    recent.record(record);
    metrics.observe(record);
    replyLog.call(record);
    // A ledger that cannot follow holds the call's place in flight, and so slows the schedule, which says so.
    await ledger?.write(record);
  };

  log.info({ target: channelTarget(config), intervalMs, metricsPort: metricsServer.port }, 'started');
  schedule.start({ send, onBehind: (lateMs) => replyLog.behind(lateMs, schedule, clock.now()) });

  return {
    finished: schedule.finished,
    async stop(hurry) {
      schedule.stop();
      await Promise.race([schedule.finished, delay(config.deadlineMs + OVERRUN_MS, hurry)]);
      clearInterval(tallyTimer);
      const unfinished = schedule.inFlight;
      log.info({ ...summarize(total, schedule), ...(unfinished > 0 && { unfinished }) }, 'summary');
      await greeter.close();
      await metricsServer.close();
      await ledger?.close(delay(LEDGER_FLUSH_MS, hurry));
    },
  };
}

function createGreeter(config: ClientConfig, onStreamEnd: (end: StreamEnd) => void): GreeterClient {
  if (config.streams !== undefined) return createChatStreams(config, config.streams, onStreamEnd);
  return config.newChannelPerCall ? createPerCallGreeterClient(config) : createGreeterClient(config);
}
