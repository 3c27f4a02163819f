// What the keys of the live table do.
import { toError } from '../../runtime/errors';
import type { Deployment } from '../pods/deployment';

export interface KeyActions {
  readonly servers: Pick<Deployment, 'replicas' | 'pods' | 'scale' | 'kill' | 'roll'>;
  /** No more of them by `+`. */
  readonly maxServers: number;
  readonly quit: () => void;
  /** Tells the reader what happened. */
  readonly note: (text: string) => void;
  /** 0 inclusive to 1 exclusive; picks who is killed. */
  readonly random: () => number;
}

/** Returns what handles one key. Keys without a meaning are ignored. */
export function handleKeys({ servers, maxServers, quit, note, random }: KeyActions): (key: string) => void {
  const report = (work: Promise<void>) => {
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
  const actions: Readonly<Record<string, () => void>> = {
    '+': () => scale(servers.replicas + 1),
    '=': () => scale(servers.replicas + 1),
    '-': () => scale(servers.replicas - 1),
    k: killOne,
    r: () => {
      note('rolling restart');
      report(servers.roll());
    },
    q: quit,
    'ctrl-c': quit,
  };
  return (key) => actions[key.toLowerCase()]?.();
}
