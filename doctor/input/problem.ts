// What makes input unreadable. All of it is said at once.

/** The input cannot be judged; each problem is one sentence that begins with the file. */
export class InputError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'InputError';
  }
}
