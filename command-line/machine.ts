// What the lab and the local stack need to know of the process that they run in; only main.ts files ask it.

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
