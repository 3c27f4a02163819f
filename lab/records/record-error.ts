// What is wrong with a file of a run, said so that the line can be found.

/** A record that is not what its format says. The message names file, line, constraint and value. */
export class RecordError extends Error {
  constructor(where: string, expected: string, got: unknown, options?: ErrorOptions) {
    super(`${where}: expected ${expected}, got ${excerpt(got)}`, options);
    this.name = 'RecordError';
  }
}

const MAX_EXCERPT = 120;

function excerpt(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT)}…` : text;
}
