// Everything that the local stack does differently from the manifests, in words. docs/local-stack.md has the same list,
// and a test keeps the two equal.
import type { EnvoyChange } from './envoy/envoy-config';
import { CLIENT_CHANGES } from './pods/client-process';
import { ENVOY_COMMAND_CHANGES } from './pods/envoy-pod';
import { SERVER_CHANGES } from './pods/server-pod';

/** Which programs are this project's; those of the reader are told where to listen and whom to call by words of their own. */
export interface Ours {
  readonly server: boolean;
  readonly client: boolean;
}

export function describeOverlay(
  envoyChanges: readonly EnvoyChange[],
  ours: Ours = { server: true, client: true },
): string[] {
  return [
    ...envoyChanges.map((change) => `envoy.yaml: ${change.description}`),
    ...ENVOY_COMMAND_CHANGES,
    ...(ours.server ? SERVER_CHANGES : []),
    ...(ours.client ? CLIENT_CHANGES : []),
  ];
}
