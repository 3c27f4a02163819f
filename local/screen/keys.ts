// What the keys of the live table do.
import { toError } from '../../runtime/errors';
import type { Deployment } from '../pods/deployment';

/** The same load on another way. */
export interface Detour {
  readonly isOn: boolean;
  /** Why it cannot be taken; undefined if it can. */
  whyNot(): string | undefined;
  /** Takes it, or comes back. */
  turn(): Promise<void>;
}

/** What can be done to a server, and taken back. */
export interface Faults {
  toggle(fault: 'hang' | 'slow', pod: string): Promise<boolean>;
  has(fault: 'hang' | 'slow', pod: string): boolean;
  whyNot(fault: 'hang' | 'slow', pod: string): string | undefined;
}

export interface KeyActions {
  readonly servers: Pick<Deployment, 'replicas' | 'pods' | 'scale' | 'kill' | 'roll'>;
  /** No more of them by `+`. */
  readonly maxServers: number;
  readonly faults: Faults;
  readonly detour: Detour;
  /** Shows what the words mean, or stops showing it. */
  readonly help: () => void;
  readonly quit: () => void;
  /** Tells the reader what happened. */
  readonly note: (text: string) => void;
  /** 0 inclusive to 1 exclusive; picks who is killed. */
  readonly random: () => number;
}

/** Returns what handles one key. Keys without a meaning are ignored. */
export function handleKeys({
  servers,
  maxServers,
  faults,
  detour,
  help,
  quit,
  note,
  random,
}: KeyActions): (key: string) => void {
  const report = (work: Promise<unknown>) => {
    work.catch((thrown: unknown) => note(toError(thrown).message.split('\n')[0] ?? ''));
  };
  function scale(replicas: number): void {
    if (replicas < 1) note('the last server stays');
    else if (replicas > maxServers) note(`no more than ${maxServers} servers`);
    else report(servers.scale(replicas));
  }
  function killOne(): void {
    const ready = servers.pods().filter((pod) => pod.state === 'ready');
    const victim = ready[Math.floor(random() * ready.length)];
    if (victim === undefined) note('no server is ready, so none is killed');
    else report(servers.kill(victim.name));
  }
  /** The server that has the fault is relieved of it; where none has, one gets it. */
  function turnFault(fault: 'hang' | 'slow', begun: string, over: string): void {
    const all = servers.pods();
    const ready = all.filter((pod) => pod.state === 'ready');
    const target = all.find(({ name }) => faults.has(fault, name)) ?? ready[Math.floor(random() * ready.length)];
    if (target === undefined) return void note('no server is ready');
    const { name } = target;
    const why = faults.whyNot(fault, name);
    if (why !== undefined) return void note(why);
    report(faults.toggle(fault, name).then((isOn) => note(`${name} ${isOn ? begun : over}`)));
  }
  function turnDetour(): void {
    const why = detour.whyNot();
    if (why !== undefined) return void note(why);
    report(detour.turn());
    note(detour.isOn ? 'without Envoy: one channel, so one server gets every call' : 'through Envoy again');
  }
  const actions: Readonly<Record<string, () => void>> = {
    '+': () => scale(servers.replicas + 1),
    '=': () => scale(servers.replicas + 1),
    '-': () => scale(servers.replicas - 1),
    k: killOne,
    r: () => {
      note('rolling restart');
      report(servers.roll());
    },
    h: () => turnFault('hang', 'hangs: h lets it go on', 'goes on'),
    s: () => turnFault('slow', 'is slow: s makes it fast again', 'is as fast as before'),
    b: turnDetour,
    '?': help,
    q: quit,
    'ctrl-c': quit,
  };
  return (key) => actions[key.toLowerCase()]?.();
}
