// The tables of SECURITY.md: which ports pods listen on, and which pod may connect to which, worked out from the YAML as a
// network plugin does it. tests/local/listening-ports.test.ts compares the ports with what really listens.
import { type Marks, withPart } from '../../scripts/marked-part';
import { envoyConfig } from './envoy-config';
import { mayConnect } from './network-policies';
import { type Box, boxes, PROXY_PORT, STRANGER, stranger } from './picture';
import { all } from './read-manifests';

const MARKS: Marks = {
  begin: '<!-- exposure: written by `npm run exposure` from the YAML -->',
  end: '<!-- end of exposure -->',
};

export interface ListeningPort {
  readonly box: string;
  readonly name: string;
  readonly port: number;
  /** Only processes of its own pod reach it. */
  readonly onLoopback: boolean;
}

/** Every port that a box listens on. Envoy's admin port is on loopback, so it is no port of the container. */
export function listeningPorts(): readonly ListeningPort[] {
  const { port_value: port } = envoyConfig().admin.address.socket_address;
  const open = boxes().flatMap(({ name: box, ports }) =>
    Object.entries(ports).map(([name, number]) => ({ box, name, port: number, onLoopback: false })),
  );
  return [...open, { box: 'envoy', name: 'admin', port, onLoopback: true }];
}

interface Pair {
  readonly from: Box;
  readonly to: Box;
  /** Names of the ports of `to` that `from` may call. */
  readonly ports: readonly string[];
  /** Whether Linkerd's proxies carry calls between the two. */
  readonly byProxy: boolean;
}

function allPairs(): readonly Pair[] {
  const policies = all('NetworkPolicy');
  return [...boxes(), stranger()].flatMap((from) =>
    boxes()
      .filter(({ name }) => name !== from.name)
      .map((to) => {
        const open = Object.entries(to.ports).filter(([, port]) => mayConnect(policies, from, to, port));
        return { from, to, ports: open.map(([name]) => name), byProxy: mayConnect(policies, from, to, PROXY_PORT) };
      }),
  );
}

const label = (name: string) => (name === STRANGER ? 'any pod outside the project' : `\`${name}\``);

function portTable(pairs: readonly Pair[]): readonly string[] {
  const callersOf = (box: string, port: string) =>
    pairs.filter(({ to, ports }) => to.name === box && ports.includes(port)).map(({ from }) => label(from.name));
  return [
    '| pod | port | who may connect |',
    '| --- | --- | --- |',
    ...listeningPorts().map(({ box, name, port, onLoopback }) => {
      const callers = onLoopback ? ['its own pod (it is on 127.0.0.1)'] : callersOf(box, name);
      return `| \`${box}\` | ${port} \`${name}\` | ${callers.join(', ') || 'no pod'} |`;
    }),
  ];
}

function pairTable(pairs: readonly Pair[]): readonly string[] {
  const open = pairs.filter(({ ports, byProxy }) => ports.length > 0 || byProxy);
  return [
    '| from | to | without a mesh | where both have Linkerd’s proxy |',
    '| --- | --- | --- | --- |',
    ...open.map(({ from, to, ports, byProxy }) => {
      const meshed = byProxy ? `every port, through ${PROXY_PORT}` : 'the same: one of them takes no proxy';
      const named = ports.map((name) => `\`${name}\``).join(', ') || 'nothing';
      return `| ${label(from.name)} | \`${to.name}\` | ${named} | ${meshed} |`;
    }),
    '',
    `The other ${pairs.length - open.length} of ${pairs.length} pairs are closed.`,
  ];
}

/** What stands between the marks. */
export function exposureText(): string {
  const pairs = allPairs();
  return ['', ...portTable(pairs), '', ...pairTable(pairs), '', ''].join('\n');
}

/** @throws Error when the marks are not there */
export function withExposure(text: string): string {
  return withPart(text, MARKS, exposureText(), 'exposure', 'SECURITY.md');
}
