// What really listens is what the tables of SECURITY.md name: a port that a library opened by itself would be found here.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describe } from 'node:test';
import { listeningPorts } from '../support/exposure';
import { itWithEnvoy, startLoad, withStack } from './support/local-stack';

const NETWORK = '127.77.51';
/** State of a socket that listens, in /proc/net/tcp. */
const LISTEN = '0A';

/** Ports on which the process listens, of both families, lowest first. Linux only. */
function portsOf(pid: number): readonly number[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    }),
  );
  const lines = ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8').trim().split('\n').slice(1),
  );
  const ports = lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === LISTEN && inodes.has(inode) ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : [];
  });
  return [...new Set(ports)].sort((one, other) => one - other);
}

/** A descriptor may be closed between two looks. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

const expected = (box: string) =>
  listeningPorts()
    .filter((each) => each.box === box)
    .map(({ port }) => port)
    .sort((one, other) => one - other);

describe('the processes of the local stack', () => {
  itWithEnvoy('listen on the ports that the tables of SECURITY.md have, and on no other', async (context) => {
    if (process.platform !== 'linux')
      return context.skip('sockets of a process are read from /proc, which only Linux has');
    await withStack({ network: NETWORK, servers: 1, envoys: 1 }, async (stack) => {
      // Clients of the local stack take a free port for their metrics; here it is the one of the YAML.
      const metrics = { METRICS_HOST: `${NETWORK}.200`, METRICS_PORT: String(expected('grpc-client')[0]) };
      const load = await startLoad(stack, { RATE: '20', ...metrics });
      await load.next(20);
      const [server] = stack.servers.pods();
      const [envoy] = stack.envoys.pods();
      assert.deepEqual(portsOf(server?.pid ?? 0), expected('grpc-server'));
      assert.deepEqual(portsOf(envoy?.pid ?? 0), expected('envoy'));
      assert.deepEqual(portsOf(load.client.pid), expected('grpc-client'));
      await load.stop();
    });
  });
});
