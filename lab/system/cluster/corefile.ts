// How CoreDNS' configuration says that one name is answered wrongly. Pure. A server block of its own for the name wins
// over the general one, and needs no plugin that a small build of CoreDNS could lack.

/** What a Corefile can say; silence is CoreDNS not being there. */
export type CorefileFault = 'servfail' | 'nxdomain';

const BODIES: Readonly<Record<CorefileFault, readonly string[]>> = {
  // The last plugin of a chain has nobody to ask, and that is a SERVFAIL.
  servfail: ['errors'],
  // Only one other namespace is known here, so nothing exists in the name's own.
  nxdomain: ['errors', 'kubernetes cluster.local {', '    namespaces default', '}'],
};

/** `corefile` with a block for `name`, which must be one of `*.cluster.local` and not in the namespace `default`. */
export function corefileWithFault(corefile: string, fault: CorefileFault, name: string): string {
  const lines = BODIES[fault].map((line) => `    ${line}\n`);
  return `${corefile.trimEnd()}\n${name}:53 {\n${lines.join('')}}\n`;
}
