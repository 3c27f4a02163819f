// Asks a process whether it is ready, as the kubelet asks a pod: by the probe that the manifest says, again and again.
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { credentials, makeGenericClientConstructor, type requestCallback, status } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import type { ReadinessProbe } from '../../manifest-reader/pod-manifest';
import { delay } from '../../runtime/lifecycle';

const STARTING_PERIOD_MS = 100;
const HealthClient = makeGenericClientConstructor(healthService, 'Health');

/** Whether the process at `host` says that it is ready. Never rejects. */
export type Probe = (host: string, probe: ReadinessProbe) => Promise<boolean>;

export const probeOnce: Probe = async (host, { check, timeoutMs }) => {
  if (check.kind === 'tcp') return accepts(host, check.port, timeoutMs);
  if (check.kind === 'http') return probeHttp({ host, port: check.port, path: check.path, timeout: timeoutMs });
  return (await askHealth(`${host}:${check.port}`, check.service, timeoutMs)) === 'serving';
};

/**
 * What grpc.health.v1 says. `absent`: a gRPC server answered, which does not have that service or does not let everyone ask
 * it; `silent`: there was no answer at all.
 */
export type Health = 'serving' | 'not-serving' | 'absent' | 'silent';

export interface WatchOptions {
  readonly host: string;
  readonly probe: ReadinessProbe;
  readonly probeOnce: Probe;
  readonly onChange: (isReady: boolean) => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/**
 * Reports each change of readiness until `signal` aborts; a process starts unready. While it has never been ready it is
 * asked in quick succession, later at the manifest's pace, and then several failures in a row are needed.
 */
export async function watchReadiness({ host, probe, probeOnce, onChange, signal }: WatchOptions): Promise<void> {
  let isReady = false;
  let wasReady = false;
  let failures = 0;
  while (!signal.aborted) {
    const answer = await probeOnce(host, probe);
    if (signal.aborted) return;
    failures = answer ? 0 : failures + 1;
    const next: boolean = answer || (isReady && failures < probe.failureThreshold);
    if (next !== isReady) {
      isReady = next;
      wasReady = true;
      onChange(isReady);
    }
    await delay(wasReady ? probe.periodMs : STARTING_PERIOD_MS, signal);
  }
}

const WITHOUT_HEALTH: readonly number[] = [status.UNIMPLEMENTED, status.UNAUTHENTICATED, status.PERMISSION_DENIED];

/** Asks the server at `target` once. Never rejects. */
export function askHealth(target: string, service: string, timeoutMs: number): Promise<Health> {
  // A connection per question, like the kubelet: an old one would hide that no new one can be made.
  const client = new HealthClient(target, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.primary_user_agent': 'kube-probe/local', // the kubelet's begins the same way: a fault goes by it
    'grpc.enable_channelz': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
  });
  return new Promise((resolve) => {
    const onAnswer: requestCallback<{ status?: unknown }> = (error, reply) => {
      client.close();
      if (error === null) resolve(reply?.status === 'SERVING' ? 'serving' : 'not-serving');
      else if (WITHOUT_HEALTH.includes(error.code)) resolve('absent');
      else resolve(error.code === status.NOT_FOUND ? 'not-serving' : 'silent');
    };
    const check = (client as unknown as HealthCheck).check;
    check.call(client, { service }, { deadline: Date.now() + timeoutMs }, onAnswer);
  });
}

/** Whether something at `host:port` takes a connection. Never rejects. */
export function accepts(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (isAccepted: boolean) => {
      socket.destroy();
      resolve(isAccepted);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

interface HealthCheck {
  check(
    request: { service: string },
    options: { deadline: number },
    callback: requestCallback<{ status?: unknown }>,
  ): unknown;
}

function probeHttp(options: { host: string; port: number; path: string; timeout: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const request = httpRequest({ ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 400);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('close', () => resolve(false));
    request.end();
  });
}
