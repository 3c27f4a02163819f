// The tables of SECURITY.md: which ports pods listen on, and which pod may connect to which, worked out from the YAML as a
// network plugin does it. tests/local/listening-ports.test.ts compares the ports with what really listens.
import { adminPort } from '../../local/envoy/envoy-config';
import { readManifests } from '../../manifest-reader/manifests';
import { mayConnect } from './network-policies';
import { type Box, boxes, PROXY_PORT, STRANGER, stranger } from './picture';
import { all, ROOT } from './read-manifests';

export const EXPOSURE_BEGIN = '<!-- exposure: written by `npm run exposure` from the YAML -->';
export const EXPOSURE_END = '<!-- end of exposure -->';

export interface ListeningPort {
  readonly box: string;
  readonly name: string;
  readonly port: number;
  /** Only processes of its own pod reach it. */
  readonly onLoopback: boolean;
}

/** Every port that a box listens on. Envoy's admin port is on loopback, so it is no port of the container. */
export function listeningPorts(): readonly ListeningPort[] {
  const config = readManifests(ROOT).envoy.mounts['/etc/envoy']?.['envoy.yaml'] ?? '';
  const admin = { box: 'envoy', name: 'admin', port: adminPort(config), onLoopback: true };
  const open = boxes().flatMap(({ name: box, ports }) =>
    Object.entries(ports).map(([name, port]) => ({ box, name, port, onLoopback: false })),
  );
  return [...open, admin];
}

const label = (name: string) => (name === STRANGER ? 'any pod outside the project' : `\`${name}\``);
const callersOf = (to: Box, port: number) =>
  [...boxes(), stranger()]
    .filter((from) => from.name !== to.name && mayConnect(all('NetworkPolicy'), from, to, port))
    .map(({ name }) => label(name));

function portTable(): readonly string[] {
  const byName = new Map(boxes().map((each) => [each.name, each]));
  return [
    '| pod | port | who may connect |',
    '| --- | --- | --- |',
    ...listeningPorts().map(({ box, name, port, onLoopback }) => {
      const callers = onLoopback ? ['its own pod (it is on 127.0.0.1)'] : callersOf(byName.get(box) as Box, port);
      return `| \`${box}\` | ${port} \`${name}\` | ${callers.join(', ') || 'no pod'} |`;
    }),
  ];
}

function pairTable(): readonly string[] {
  const pairs = [...boxes(), stranger()].flatMap((from) =>
    boxes()
      .filter(({ name }) => name !== from.name)
      .map((to) => {
        const open = Object.entries(to.ports).filter(([, port]) => mayConnect(all('NetworkPolicy'), from, to, port));
        const byProxy = mayConnect(all('NetworkPolicy'), from, to, PROXY_PORT);
        return { from, to, ports: open.map(([name]) => `\`${name}\``), byProxy };
      }),
  );
  const open = pairs.filter(({ ports, byProxy }) => ports.length > 0 || byProxy);
  return [
    '| from | to | without a mesh | where both have Linkerd’s proxy |',
    '| --- | --- | --- | --- |',
    ...open.map(({ from, to, ports, byProxy }) => {
      const meshed = byProxy ? `every port, through ${PROXY_PORT}` : 'the same: one of them takes no proxy';
      return `| ${label(from.name)} | \`${to.name}\` | ${ports.join(', ') || 'nothing'} | ${meshed} |`;
    }),
    '',
    `The other ${pairs.length - open.length} of ${pairs.length} pairs are closed.`,
  ];
}

/** What stands between the marks. */
export function exposureText(): string {
  return ['', ...portTable(), '', ...pairTable(), ''].join('\n');
}

/** @throws Error when the marks are not there */
export function withExposure(text: string): string {
  const [begin, end] = [text.indexOf(EXPOSURE_BEGIN), text.indexOf(EXPOSURE_END)];
  if (begin < 0 || end < begin) throw new Error(`exposure: expected ${EXPOSURE_BEGIN} and ${EXPOSURE_END}`);
  return `${text.slice(0, begin + EXPOSURE_BEGIN.length)}\n${exposureText()}\n${text.slice(end)}`;
}
