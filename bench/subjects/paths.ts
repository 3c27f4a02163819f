// Ways from a client to three servers: none between, Envoy in three configurations, other proxies. The servers are the ones
// that cost least, so that they leave room for what is between.
import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { startDnsServer } from '../../local/dns/dns-server';
import type { EnvoySource } from '../../local/envoy/envoy-binary';
import type { EnvoyChange } from '../../local/envoy/envoy-config';
import { envoyBlueprint } from '../../local/pods/envoy-pod';
import type { ProcessSpec } from '../../local/pods/process';
import type { Reaper } from '../../local/pods/reaper';
import type { Manifests } from '../../manifest-reader/manifests';
import type { Variables } from '../../manifest-reader/pod-manifest';
import { StartError } from '../../runtime/errors';
import { type EnvoyEnds, minimalEnvoy, tutorialEnvoy } from './envoy-configs';
import { caddyConfig, haproxyConfig, nginxConfig, type ProxyEnds } from './proxy-configs';
import { GRPC_PORT, goServerSpec } from './servers';
import type { Stage, Started, Subject } from './subject';

/** What Envoy's own fails to start would be: no Envoy, no row. */
export interface PathTools {
  readonly goServer: string;
  readonly machineEnv: Variables;
  readonly manifests: Manifests;
  readonly envoy: Extract<EnvoySource, { kind: 'binary' }>;
}

const SERVERS = 3;
const PROXY_PORT = 8443;

export function direct({ goServer, machineEnv }: Pick<PathTools, 'goServer' | 'machineEnv'>): Subject {
  return {
    id: 'direct',
    label: 'no proxy',
    detail: `the client's connections take turns among ${SERVERS} servers, as client-side round_robin does`,
    start: async (stage) => {
      const { addresses, pids } = await startServers(stage, goServer, machineEnv);
      return { targets: addresses.map((host) => `${host}:${GRPC_PORT}`), hops: { servers: pids } };
    },
  };
}

/** The shipped configuration, with the changes that loopback needs, and others. */
export function ourEnvoy(
  tools: PathTools,
  more: Pick<Subject, 'id' | 'label'> & { detail?: string; changes?: readonly EnvoyChange[]; endpoints?: number },
): Subject {
  const { manifests, envoy, machineEnv } = tools;
  const { id, label, detail = '', changes = [], endpoints } = more;
  return {
    id,
    label,
    detail: `Envoy ${envoy.version}, envoy_proxy_k8s/configmap.yaml${detail}`,
    start: (stage) =>
      behind(
        stage,
        tools,
        async ({ dns }) => {
          const host = stage.address();
          const { directory } = stage;
          const none: Reaper = { watch: () => undefined, forget: () => undefined, close: async () => undefined };
          const pod = envoyBlueprint({ manifests, envoy, dns, directory, machineEnv, changes, env: {}, reaper: none });
          const port = manifests.envoy.ports.grpc;
          if (port === undefined) throw new StartError('envoy_proxy_k8s: expected a container port named grpc');
          return { spec: await pod.prepare('envoy-1', host), host, port };
        },
        endpoints,
      ),
  };
}

export function otherEnvoy(tools: PathTools, kind: 'minimal' | 'tutorial'): Subject {
  const { envoy, machineEnv, manifests } = tools;
  const make = kind === 'minimal' ? minimalEnvoy : tutorialEnvoy;
  return {
    id: `envoy-${kind}`,
    label: `Envoy, ${kind}`,
    detail: `Envoy ${envoy.version}, ${kind === 'minimal' ? 'a fixed list of servers and nothing else' : 'STRICT_DNS, default settings, a line of access log per call'}`,
    start: (stage) =>
      behind(stage, tools, async ({ dns, addresses }) => {
        const host = stage.address();
        const { host: name, port: serverPort } = manifests.serverCluster;
        const ends: EnvoyEnds = { host, port: PROXY_PORT, servers: addresses, name, dns, serverPort };
        const file = path.join(stage.directory, 'envoy.json');
        await writeFile(file, JSON.stringify(make(ends)));
        const args = ['--config-path', file, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'error'];
        return { spec: { command: envoy.path, args, env: machineEnv }, host, port: PROXY_PORT };
      }),
  };
}

export interface OtherProxy {
  readonly id: 'haproxy' | 'nginx' | 'caddy';
  readonly label: string;
  readonly file: string;
  readonly libraries: string;
  readonly version: string;
}

const CONFIGS = { haproxy: haproxyConfig, nginx: nginxConfig, caddy: caddyConfig } as const;
const ARGS = {
  haproxy: (file: string) => ['-db', '-f', file],
  nginx: (file: string, directory: string) => ['-c', file, '-p', directory, '-e', 'stderr'],
  caddy: (file: string) => ['run', '--adapter', 'caddyfile', '--config', file],
} as const;

export function otherProxy(
  tools: Omit<PathTools, 'envoy'>,
  { id, label, file, libraries, version }: OtherProxy,
): Subject {
  return {
    id,
    label,
    detail: `${label} ${version} of Debian, one worker`,
    start: (stage) =>
      behind(stage, tools, async ({ addresses }) => {
        const host = stage.address();
        const servers = addresses.map((address) => `${address}:${GRPC_PORT}`);
        const { directory } = stage;
        const ends: ProxyEnds = { host, port: PROXY_PORT, servers, directory };
        const config = path.join(directory, `${id}.conf`);
        await writeFile(config, CONFIGS[id](ends));
        const own = { GOMAXPROCS: '1', HOME: directory, ...(libraries !== '' && { LD_LIBRARY_PATH: libraries }) };
        const spec = { command: file, args: ARGS[id](config, directory), env: { ...tools.machineEnv, ...own } };
        return { spec, host, port: PROXY_PORT };
      }),
  };
}

interface Behind {
  readonly addresses: readonly string[];
  readonly dns: { readonly host: string; readonly port: number };
}

interface Proxy {
  readonly spec: ProcessSpec;
  readonly host: string;
  readonly port: number;
}

/** Three servers with a name in DNS, and a proxy in front of them. */
async function behind(
  stage: Stage,
  { goServer, machineEnv, manifests }: Pick<PathTools, 'goServer' | 'machineEnv' | 'manifests'>,
  prepare: (behind: Behind) => Promise<Proxy>,
  endpoints?: number,
): Promise<Started> {
  const { addresses, pids } = await (endpoints === undefined
    ? startServers(stage, goServer, machineEnv)
    : startEndpoints(stage, goServer, machineEnv, endpoints));
  const dns = await startDnsServer();
  stage.atEnd(() => dns.close());
  dns.addService(manifests.serverCluster.host, 'headless');
  dns.setAddresses(manifests.serverCluster.host, addresses);
  const { spec, host, port } = await prepare({ addresses, dns });
  const proxy = await stage.start(spec, 'measured');
  await stage.listening(host, port);
  return { targets: [`${host}:${port}`], hops: { proxy: [proxy], servers: pids } };
}

async function startServers(stage: Stage, file: string, machineEnv: Variables) {
  const addresses: string[] = [];
  const pids: number[] = [];
  for (let index = 0; index < SERVERS; index += 1) {
    const host = stage.address();
    pids.push(await stage.start(goServerSpec(file, [host], machineEnv), 'beside'));
    addresses.push(host);
  }
  for (const host of addresses) await stage.listening(host, GRPC_PORT);
  return { addresses, pids };
}

/** One process on many addresses: each is an endpoint to whatever is in front, and a small machine can have a hundred. */
async function startEndpoints(stage: Stage, file: string, machineEnv: Variables, endpoints: number) {
  const addresses = Array.from({ length: endpoints }, () => stage.address());
  const pids = [await stage.start(goServerSpec(file, addresses, machineEnv), 'beside')];
  for (const host of addresses) await stage.listening(host, GRPC_PORT);
  return { addresses, pids };
}

/** The library that parses HTTP/2: a runtime guard of Envoy names it. */
export const OTHER_CODEC: EnvoyChange = {
  description: 'HTTP/2 is parsed by nghttp2 instead of oghttp2',
  apply: (config) =>
    config.set(['layered_runtime', 'layers', 0, 'static_layer', 'envoy.reloadable_features.http2_use_oghttp2'], false),
};
