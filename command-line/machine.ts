// What a command needs to know of the process that it runs in; only main.ts files ask it.

export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** The Node.js program. */
  readonly nodePath: string;
  /** The project's folder. */
  readonly root: string;
  readonly isAlive: (pid: number) => boolean;
}

export function machineOf(running: NodeJS.Process, root: string): Machine {
  const { env, platform, pid, execPath } = running;
  const isAlive = (other: number) => {
    try {
      return running.kill(other, 0);
    } catch (thrown) {
      return (thrown as NodeJS.ErrnoException).code === 'EPERM';
    }
  };
  return { env, platform, pid, nodePath: execPath, root, isAlive };
}

/** Whether what was skipped counts as failed, for want of what it needs: under CI=true and REQUIRE_ALL=1. */
export function mustRunAll({ CI, REQUIRE_ALL }: NodeJS.ProcessEnv): boolean {
  return REQUIRE_ALL === '1' || CI === 'true';
}
