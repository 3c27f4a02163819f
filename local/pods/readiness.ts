// Asks a process whether it is ready, as the kubelet asks a pod: by the probe that the manifest says, again and again.
import { request as httpRequest } from 'node:http';
import { credentials, makeGenericClientConstructor, type requestCallback } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import type { ReadinessProbe } from '../../manifest-reader/pod-manifest';
import { delay } from '../../runtime/lifecycle';

const STARTING_PERIOD_MS = 100;
const HealthClient = makeGenericClientConstructor(healthService, 'Health');

/** Whether the process at `host` says that it is ready. Never rejects. */
export type Probe = (host: string, probe: ReadinessProbe) => Promise<boolean>;

export const probeOnce: Probe = (host, { check, timeoutMs }) =>
  check.kind === 'grpc'
    ? probeGrpc(`${host}:${check.port}`, check.service, timeoutMs)
    : probeHttp({ host, port: check.port, path: check.path, timeout: timeoutMs });

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

function probeGrpc(target: string, service: string, timeoutMs: number): Promise<boolean> {
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
      resolve(error === null && reply?.status === 'SERVING');
    };
    const check = (client as unknown as HealthCheck).check;
    check.call(client, { service }, { deadline: Date.now() + timeoutMs }, onAnswer);
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
