// Which ports the containers of a pod listen on, as far as the manifest tells: a container may listen on ports that it does
// not list.
import type { Workload } from './workload';

/** Whether a container lists the port, or an argument or a variable has the number. */
export function mayListenOn({ containers }: Workload, port: number): boolean {
  const mention = new RegExp(`(^|\\D)${port}(\\D|$)`);
  return containers.some(({ ports, words, at }) => {
    const values = at
      .get('env')
      .items()
      .map((variable) => String(variable.get('value').value ?? ''));
    return ports.some(({ number }) => number === port) || [...words, ...values].some((text) => mention.test(text));
  });
}
