// Everything that the local stack does differently from the manifests, in words. docs/local-stack.md has the same list,
// and a test keeps the two equal.
import type { EnvoyChange } from './envoy/envoy-config';
import { CLIENT_CHANGES } from './pods/client-process';
import { ENVOY_COMMAND_CHANGES } from './pods/envoy-pod';
import { SERVER_CHANGES } from './pods/server-pod';

export function describeOverlay(envoyChanges: readonly EnvoyChange[]): string[] {
  return [
    ...envoyChanges.map((change) => `envoy.yaml: ${change.description}`),
    ...ENVOY_COMMAND_CHANGES,
    ...SERVER_CHANGES,
    ...CLIENT_CHANGES,
  ];
}
