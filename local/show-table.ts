// The live table of a run, drawn again and again, and what its keys need of the stack.
import { targetEnv } from '../manifest-reader/call-target';
import { type LocalOptions, MAX_SERVERS } from './options';
import { type Pace, paceEnv } from './pace';
import type { RunContext } from './run';
import { type Detour, handleKeys } from './screen/keys';
import type { LiveState } from './screen/live-state';
import { renderTable } from './screen/live-table';
import { openTerminal, showsUnicode, type Terminal } from './screen/terminal';
import type { ServerFaults } from './server-faults';
import type { Stack } from './stack';
import type { SteadyLoad } from './steady-load';

export interface TableContext {
  readonly options: LocalOptions;
  readonly stack: Stack;
  readonly live: LiveState;
  readonly faults: ServerFaults;
  readonly load: SteadyLoad;
  readonly pace: Pace;
  readonly context: RunContext;
  readonly hasColours: boolean;
  /** Of the page, if there is one. */
  readonly url: string | undefined;
  readonly ended: AbortSignal;
}

const FRAME_MS = 250;

export function showTable({ input, output }: NonNullable<RunContext['terminal']>, shown: TableContext): Terminal {
  const { options, stack, live, faults, context, hasColours, url, ended } = shown;
  const hasBlocks = showsUnicode(context.machine.env);
  const detour = createDetour(shown);
  let isHelp = false;
  const draw = () => {
    const way = detour.isOn
      ? 'without Envoy: one channel to the servers'
      : (options.policy ?? 'the shipped configuration');
    const title = `gRPC load balancing on loopback: ${way}`;
    screen.draw(renderTable(live.view(), { ...screen.size, title, url, isHelp, hasBlocks, faultOf: faults.describe }));
  };
  const onKey = handleKeys({
    servers: stack.servers,
    maxServers: MAX_SERVERS,
    faults,
    detour,
    help: () => {
      isHelp = !isHelp;
      draw();
    },
    quit: context.interrupt,
    note: live.note,
    random: Math.random,
  });
  const screen = openTerminal({ input, output, hasColours, onKey, onResize: () => draw() });
  const timer = setInterval(draw, FRAME_MS);
  ended.addEventListener('abort', () => clearInterval(timer), { once: true });
  draw();
  return screen;
}

/** The same load without Envoy, and back. */
function createDetour({ options, stack, load, pace, url }: TableContext): Detour {
  let isOn = false;
  return {
    get isOn() {
      return isOn;
    },
    whyNot: () => {
      if (options.client !== undefined) return 'a client of your own calls whom it likes';
      return url === undefined ? undefined : 'the page shows the same load without Envoy beside this one';
    },
    turn: async () => {
      const direct = isOn ? {} : targetEnv(stack.manifests, 'server-service');
      isOn = !isOn;
      await load.change({ ...paceEnv(pace), ...direct });
    },
  };
}
