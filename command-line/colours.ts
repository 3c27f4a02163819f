// Whether what a program prints is to have colours.

/** Whether colours are wanted on a terminal: NO_COLOR forbids them, a dumb terminal has none. */
export function wantsColours(env: NodeJS.ProcessEnv): boolean {
  return !env.NO_COLOR && env.TERM !== 'dumb';
}
