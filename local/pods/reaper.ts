// The promise that nothing of a local stack outlives it, even when the stack itself is killed: a small shell process in
// a process group of its own reads on a pipe what is running, and when the pipe ends it ends what is left. A stack that stops
// in order leaves it nothing to do.
import { spawn } from 'node:child_process';

export type Remains =
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'group'; readonly pid: number }
  | { readonly kind: 'container'; readonly name: string }
  | { readonly kind: 'directory'; readonly path: string };

export interface Reaper {
  watch(remains: Remains): void;
  /** It ended by itself; its number may soon belong to another process. */
  forget(remains: Remains): void;
  /** Resolves when the reaper has ended. */
  close(): Promise<void>;
}

/** Lines are `+ KIND VALUE` and `- KIND VALUE`; what is left at the end of input is ended. */
const SCRIPT = `
trap '' INT TERM HUP
left=''
newline='
'
while IFS= read -r line; do
  case $line in
    '+ '*) left="$left$newline\${line#+ }" ;;
    '- '*)
      gone=\${line#- } kept=''
      while IFS= read -r item; do
        if [ -n "$item" ] && [ "$item" != "$gone" ]; then kept="$kept$newline$item"; fi
      done <<END
$left
END
      left=$kept ;;
  esac
done
while IFS= read -r item; do
  case $item in
    'process '*) kill -9 "\${item#process }" 2>/dev/null ;;
    'group '*) kill -s KILL -- "-\${item#group }" 2>/dev/null ;;
    'container '*) docker rm --force "\${item#container }" >/dev/null 2>&1 ;;
  esac
done <<END
$left
END
while IFS= read -r item; do
  case $item in 'directory '*) rm -rf -- "\${item#directory }" ;; esac
done <<END
$left
END
`;

export function startReaper(): Reaper {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  shell.stdin.on('error', () => {
    // The reaper is gone; what it would have ended is ended by the stack itself.
  });
  return {
    watch: (remains) => void shell.stdin.write(`+ ${format(remains)}\n`),
    forget: (remains) => void shell.stdin.write(`- ${format(remains)}\n`),
    close: () => {
      shell.stdin.end();
      return ended;
    },
  };
}

function format(remains: Remains): string {
  if (remains.kind === 'process' || remains.kind === 'group') return `${remains.kind} ${remains.pid}`;
  if (remains.kind === 'container') return `container ${remains.name}`;
  return `directory ${remains.path}`;
}
