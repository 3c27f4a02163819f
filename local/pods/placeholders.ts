// The words in braces in a command of the reader's own: what each one stands for is said by who runs the command.

/** `{{word}}` stands for `{word}`; `${word}` is the shell's. */
const PLACEHOLDER = /\{\{([a-z_]+)\}\}|(?<!\$)\{([a-z_]+)\}/g;

/** `command` with each `{word}` replaced. */
export function fillIn(command: string, values: Readonly<Record<string, string>>): string {
  return command.replace(PLACEHOLDER, (text, escaped?: string, word?: string) =>
    escaped === undefined ? (values[word ?? ''] ?? text) : `{${escaped}}`,
  );
}

export function placeholdersIn(command: string): readonly string[] {
  return [...command.matchAll(PLACEHOLDER)].flatMap(([, , word]) => (word === undefined ? [] : [word]));
}

/** A sentence per word in braces that stands for nothing. @param option the name of the command, `--server` */
export function unknownPlaceholders(option: string, command: string, known: readonly string[]): readonly string[] {
  const unknown = [...new Set(placeholdersIn(command))].filter((word) => !known.includes(word));
  const expected = known.map((word) => `{${word}}`).join(', ');
  return unknown.map((word) => `${option}: expected ${expected}, or {{${word}}} for the word itself, got {${word}}`);
}
