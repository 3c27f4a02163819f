// `npm run lanes`: runs both lanes on loopback for half a minute and draws docs/images/lanes.svg and lanes-narrow.svg.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { interruptionOf } from '../command-line/interruption';
import { machineOf } from '../command-line/machine';
import { DEFAULT_NETWORK } from '../command-line/network';
import { readCalls } from '../lab/records/calls-file';
import { readEvents } from '../lab/records/events-file';
import { createRecorder } from '../lab/records/recorder';
import type { RunRecords } from '../lab/records/run-data';
import { RUN_FILES } from '../lab/records/run-folder';
import { seededRandom } from '../lab/statistics/seeded-random';
import { createLocalSystem } from '../lab/system/local/local-system';
import { toError } from '../runtime/errors';
import { aborted, delay } from '../runtime/lifecycle';
import { LANES_FILES, lanesPicture } from './lanes-picture';
import { LANES_SIZES, runLanes } from './lanes-run';

const ROOT = path.resolve(__dirname, '..');
const IMAGES = path.join(ROOT, 'docs/images');
const INTERRUPTED = 130;
/** Orders the records of DNS answers, the only chance in it. */
const SEED = 1;

const say = (text: string) => void process.stderr.write(`lanes: ${text}\n`);

async function record(folder: string, signal: AbortSignal): Promise<RunRecords> {
  const prepared = await createLocalSystem({
    machine: machineOf(process, ROOT),
    network: DEFAULT_NETWORK,
    say,
    signal,
  });
  const recorder = createRecorder({ folder, now: Date.now });
  const system = await prepared.start({ folder, recorder, change: undefined, random: seededRandom(SEED) });
  const interruption = async (): Promise<never> => {
    await aborted(signal);
    throw new Error('interrupted');
  };
  say(
    `${LANES_SIZES.callsPerSecond} calls/s in each lane, ${LANES_SIZES.seconds} s with ${LANES_SIZES.pods} servers and as long with ${LANES_SIZES.morePods}`,
  );
  try {
    await Promise.race([runLanes(system, recorder, LANES_SIZES, (ms) => delay(ms, signal)), interruption()]);
  } finally {
    await system.close();
    await recorder.close();
  }
  const [calls, events] = await Promise.all([
    readCalls(path.join(folder, RUN_FILES.calls)),
    readEvents(path.join(folder, RUN_FILES.events)),
  ]);
  return { calls, events };
}

async function main(signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lanes-'));
  try {
    const picture = lanesPicture(await record(folder, signal));
    for (const [name, file] of Object.entries(LANES_FILES)) {
      await writeFile(path.join(IMAGES, file), picture[name as keyof typeof LANES_FILES]);
      say(`wrote docs/images/${file}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const interrupted = interruptionOf(process, INTERRUPTED);
void main(interrupted)
  .catch((thrown: unknown) => {
    say(toError(thrown).message);
    process.exitCode = interrupted.aborted ? INTERRUPTED : 1;
  })
  // Nothing more may keep the process: a signal handler.
  .finally(() => process.exit());
