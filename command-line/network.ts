// The flag --network: which loopback addresses the processes of a local stack take.

/** The /24 that addresses come from: servers take .11 to .254, Envoys .2 to .9. */
export const DEFAULT_NETWORK = '127.0.0';

/** `text` where it is the first three numbers of loopback addresses, such as 127.0.1. */
export function loopbackNetwork(text: string): string | undefined {
  const parts = text.split('.');
  const sound = parts.length === 3 && parts[0] === '127' && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part));
  return sound && parts.every((part) => Number(part) <= 255) ? text : undefined;
}
