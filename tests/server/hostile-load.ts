// Many hostile requests at once beside one honest client: does the server stay up, answer the honest one, and keep its
// memory? COUNT=100000 node -r ts-node/register/transpile-only tests/server/hostile-load.ts
import { allAttacks, openTarget } from './attacks/all';
import { type HonestTally, keepCalling } from './honest-client';
import { scrape, until } from './scrape';
import { startServer } from './server-process';

export interface LoadReport {
  readonly attacks: number;
  readonly seconds: number;
  /** `attack → outcome` that no table allows, with how often it came. */
  readonly unexpected: Readonly<Record<string, number>>;
  readonly honest: HonestTally;
  /** Resident memory in MiB: before, when half was sent, at the end, and after a rest. */
  readonly residentMiB: Readonly<Record<'before' | 'half' | 'end' | 'rested', number>>;
}

export interface LoadOptions {
  readonly grpcPort: number;
  readonly metricsPort: number;
  readonly count: number;
  /** Attacks in flight at once. */
  readonly concurrency?: number;
  readonly restMs?: number;
}

export async function hostileLoad(options: LoadOptions): Promise<LoadReport> {
  const { grpcPort, metricsPort, count, concurrency = 24, restMs = 0 } = options;
  const resident = async () => {
    const bytes = (await scrape(metricsPort)).get('process_resident_memory_bytes') ?? Number.NaN;
    return Math.round(bytes / 2 ** 20);
  };
  const unexpected: Record<string, number> = {};
  const target = openTarget(grpcPort);
  const honest = keepCalling(grpcPort);
  const before = await resident();
  let half = before;
  let sent = 0;
  const attackLoop = async () => {
    while (sent < count) {
      const attack = allAttacks[sent % allAttacks.length] as (typeof allAttacks)[number];
      sent += 1;
      if (sent === Math.ceil(count / 2)) half = await resident();
      const outcome = await attack.run(target);
      if (attack.expected.includes(outcome)) continue;
      const key = `${attack.name} → ${outcome}`;
      unexpected[key] = (unexpected[key] ?? 0) + 1;
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, attackLoop));
  const seconds = (performance.now() - startedMs) / 1000;
  const tally = await honest.stop();
  target.close();
  const end = await resident();
  await new Promise((resolve) => setTimeout(resolve, restMs));
  return {
    attacks: sent,
    seconds,
    unexpected,
    honest: tally,
    residentMiB: { before, half, end, rested: await resident() },
  };
}

async function main(count: number): Promise<void> {
  const ends: Array<() => unknown> = [];
  // Node takes its heap's limit from the container's memory limit. Without one it lets garbage grow to gigabytes first,
  // above all header strings, and a leak could not be told from laziness.
  const env = { NODE_OPTIONS: '--max-old-space-size=96' };
  const server = await startServer({ after: (end) => void ends.push(end as () => unknown) }, env);
  try {
    // Node leaves a connection open whose peer broke HTTP/2; the server's keepalive finds it dead within 15 s.
    const report = await hostileLoad({ ...server.ports, count, restMs: 20_000 });
    const inFlight = async () => (await scrape(server.metricsPort)).get('grpc_requests_in_flight') === 0;
    await until('no call in flight', inFlight);
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    const { honest, residentMiB, unexpected } = report;
    const grownMiB = residentMiB.rested - residentMiB.half;
    const sound = honest.failures.length === 0 && Object.keys(unexpected).length === 0 && grownMiB <= 30;
    process.stdout.write(`${sound ? 'sound' : 'NOT SOUND'}: alive ${server.isAlive}, grown by ${grownMiB} MiB\n`);
    process.exitCode = sound && server.isAlive ? 0 : 1;
  } finally {
    for (const end of ends) await end();
  }
}

if (require.main === module) void main(Number(process.env.COUNT ?? 100_000));
