// docs/settings.md as the code has it: one table per service, made of the same tables that read the environment.
import { CLIENT_SETTINGS } from '../client/config';
import type { Settings } from '../runtime/env';
import { SERVER_SETTINGS } from '../server/config';

/** The whole page; tests/unit/docs/settings.test.ts compares it with the file. */
export function settingsPage(): string {
  return [
    '# Settings',
    '',
    'Written by `npm run settings` from `server/config.ts` and `client/config.ts`. All are environment variables; an empty one counts as',
    'not set. A value that breaks its rule is reported with all others, and the process exits with 2.',
    '',
    '## Server (`grpc_server_k8s/deployment.yaml`)',
    '',
    ...table(SERVER_SETTINGS),
    '',
    '## Client (`grpc_client_k8s/configmap.yaml`)',
    '',
    ...table(CLIENT_SETTINGS),
    '',
  ].join('\n');
}

function table(settings: Settings): string[] {
  const rows = Object.values(settings).map(({ name, fallback, meaning }) => {
    const value = fallback === undefined || fallback === '' ? '' : `\`${fallback}\``;
    return `| \`${name}\` | ${value} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows];
}
