// `--ui`: the page of a local stack. Feeds its model from the stack's ledgers and Envoys, and runs the lane without Envoy beside
// the other: the same load on one channel to the servers' cluster IP, which leads to one pod.
import { targetEnv } from '../manifest-reader/call-target';
import { type Manifests, servicesOf } from '../manifest-reader/manifests';
import { StartError } from '../runtime/errors';
import { lbPolicy } from './envoy/envoy-config';
import { LB_POLICIES, type LocalOptions } from './options';
import { readPageDocument } from './page/page-document';
import { createPageModel, type PageModel } from './page/page-model';
import { type PageServer, startPageServer } from './page/page-server';
import { createPageControls } from './page-controls';
import type { ServerFaults } from './server-faults';
import type { Stack } from './stack';
import { type SteadyLoad, startSteadyLoad } from './steady-load';
import { watchHosts } from './watch-hosts';

export interface LivePage {
  readonly url: string;
  /** Tells the pages that nothing follows, and closes. */
  close(): Promise<void>;
}

export interface LivePageOptions {
  readonly stack: Stack;
  readonly options: Pick<LocalOptions, 'policy' | 'client' | 'uiPort'>;
  readonly model: PageModel;
  readonly faults: ServerFaults;
  readonly ratePerSecond: number;
  /** Goes on with another rate through Envoy. */
  readonly setRate: (perSecond: number) => Promise<void>;
  /** Asks for the end of the stack. */
  readonly end: () => void;
  /** Told what the client of the lane without Envoy writes. */
  readonly onLog: (line: string) => void;
}

/** Four frames a second: what a person sees as flowing, at a cost that does not show beside the calls. */
const FRAME_MS = 250;
const DIRECT_CLIENT = 'grpc-client-without-envoy';

/** The model hears of pods before there is a stack that could tell their names. */
export function createModelFor(manifests: Manifests): PageModel {
  const names = servicesOf(manifests, manifests.server.deployment);
  return createPageModel({
    serverDeployment: manifests.server.deployment,
    inDnsFromStart: names.some(({ kind, publishesUnready }) => kind === 'headless' && publishesUnready),
    now: Date.now,
  });
}

/** @throws StartError when there is no port for it */
export async function openLivePage(page: LivePageOptions): Promise<LivePage> {
  const { stack, options, model, faults, ratePerSecond, end, onLog } = page;
  const { manifests } = stack;
  const { serverCluster } = manifests;
  const ended = new AbortController();
  let direct: SteadyLoad | undefined;
  const directEnv = (rate: number) => ({ ...targetEnv(manifests, 'server-service'), RATE: String(rate) });
  const setRate = async (perSecond: number) => {
    await Promise.all([page.setRate(perSecond), direct?.change(directEnv(perSecond))]);
  };
  const policy = options.policy ?? lbPolicy(serverCluster.text, serverCluster.name);
  const controls = createPageControls({ stack, faults, model, policy, ratePerSecond, setRate, end });
  const server: PageServer = await startPageServer({
    document: readPageDocument(),
    policies: LB_POLICIES,
    firstFrame: () => model.frame(controls.standing(), true),
    obey: controls.obey,
    port: options.uiPort,
  });
  const timer = setInterval(() => server.send(model.frame(controls.standing(), false)), FRAME_MS);
  void watchHosts({ stack, onHosts: model.onHosts, signal: ended.signal });
  try {
    const onCall = model.onCall.bind(undefined, 'direct');
    direct = await startSteadyLoad({ stack, name: DIRECT_CLIENT, onCall, onLog }, directEnv(ratePerSecond));
  } catch (thrown) {
    clearInterval(timer);
    await server.close();
    throw new StartError(`the lane without Envoy: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
  return {
    url: server.url,
    close: async () => {
      clearInterval(timer);
      ended.abort();
      await direct?.stop();
      server.send({ ...model.frame(controls.standing(), false), hasEnded: true });
      await server.close();
    },
  };
}
